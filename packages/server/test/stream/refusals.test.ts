import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { limits, type Message, newUserId } from '@parley/protocol';
import { decide, evolve, rowsAfter, type StreamState } from '../../src/stream/index.ts';
import { moderationRefusals } from './moderation-refusals.ts';
import { wishOf } from './people.ts';
import { ann, bob, cyd, dee, direct, group, guest, type Line, made, named, post, type Row, said } from './refusal.ts';

const reactions: readonly Line[] = Array.from({ length: limits.maxReactionsPerMessage }, (_, index) => [
  ann,
  { type: 'react', target: 2, emoji: `:${index}:`, on: true },
]);
const pins: readonly Line[] = Array.from({ length: limits.maxPins }, (_, index): readonly Line[] => [
  [ann, post('pin me')],
  [ann, { type: 'pin', target: 2 + index * 2, on: true }],
]).flat();
const preferences: readonly Line[] = Array.from({ length: 200 }, (_, index) => [
  ann,
  { type: 'setPreference', key: `key ${index}`, value: index },
]);

const rows: readonly Row[] = [
  { it: 'anything of a conversation that does not exist', when: [ann, post('hello')], code: 'not-found' },
  { it: 'a stranger of a private conversation', given: [made], when: [cyd, post('hello')], code: 'not-found' },
  {
    it: 'somebody who left',
    given: [made, [bob, { type: 'leave' }]],
    when: [bob, post('one more thing')],
    code: 'not-found',
  },
  {
    it: 'another person’s stream',
    stream: ann.id,
    when: [bob, { type: 'setPreference', key: 'k', value: 1 }],
    code: 'not-found',
  },
  {
    it: 'muting a conversation that is not one’s own',
    stream: ann.id,
    when: [ann, { type: 'mute', conversation: group, on: true }],
    code: 'not-found',
  },
  { it: 'what the role does not allow', given: [made], when: [bob, { type: 'rename', name: 'x' }], code: 'forbidden' },
  { it: 'a group made by a guest of the server', when: [guest, { ...named, members: [] }], code: 'forbidden' },
  {
    it: 'leaving a direct conversation',
    stream: direct,
    given: [[ann, { type: 'create', kind: 'direct', members: [bob.id] }]],
    when: [bob, { type: 'leave' }],
    code: 'forbidden',
  },
  {
    it: 'an invitation to a role above one’s own',
    given: [made],
    when: [bob, { type: 'invite', users: [cyd.id], role: 'admin' }],
    code: 'forbidden',
    field: 'command.role',
  },
  {
    it: 'a group without a name',
    when: [ann, { type: 'create', kind: 'group', members: [] }],
    code: 'bad-request',
    field: 'command.name',
  },
  {
    it: 'a direct conversation with nobody',
    stream: direct,
    when: [ann, { type: 'create', kind: 'direct', members: [] }],
    code: 'bad-request',
    field: 'command.members',
  },
  {
    it: 'a direct conversation of three',
    stream: direct,
    when: [ann, { type: 'create', kind: 'direct', members: [bob.id, cyd.id] }],
    code: 'bad-request',
    field: 'command.members',
  },
  {
    it: 'a direct conversation under another pair’s id',
    stream: direct,
    when: [ann, { type: 'create', kind: 'direct', members: [cyd.id] }],
    code: 'bad-request',
    field: 'command.members',
  },
  {
    it: 'a group under the id that two others would talk under, which anybody can work out',
    stream: direct,
    when: [cyd, { ...named, members: [] }],
    code: 'bad-request',
    field: 'stream',
  },
  {
    it: 'the same where the two talk already, so that it tells nothing',
    stream: direct,
    given: [[ann, { type: 'create', kind: 'direct', members: [bob.id] }]],
    when: [cyd, { type: 'create', kind: 'channel', name: 'trap', members: [] }],
    code: 'bad-request',
    field: 'stream',
  },
  {
    it: 'a person’s command to a conversation',
    given: [made],
    when: [ann, { type: 'setPreference', key: 'k', value: 1 }],
    code: 'bad-request',
    field: 'command.type',
  },
  {
    it: 'a conversation’s command to a person',
    stream: ann.id,
    when: [ann, post('x')],
    code: 'bad-request',
    field: 'command.type',
  },
  { it: 'making it twice', given: [made], when: [ann, named], code: 'already-exists' },
  { it: 'an empty text', given: [made], when: [ann, post('')], code: 'text-empty', field: 'command.text' },
  {
    it: 'a text of white space',
    given: [made],
    when: [ann, post(' \n\t\u00a0')],
    code: 'text-empty',
    field: 'command.text',
  },
  {
    it: 'an edit that leaves nothing',
    given: [made, said],
    when: [ann, { type: 'edit', target: 2, text: ' ' }],
    code: 'text-empty',
    field: 'command.text',
  },
  {
    it: 'a text of one character too many',
    given: [made],
    when: [ann, post('x'.repeat(limits.maxTextLength + 1))],
    code: 'text-too-long',
    field: 'command.text',
  },
  {
    it: 'an edit of another’s message',
    given: [made, said],
    when: [bob, { type: 'edit', target: 2, text: 'x' }],
    code: 'not-yours',
    field: 'command.target',
  },
  {
    it: 'deleting another’s message without the right',
    given: [made, said],
    when: [bob, { type: 'delete', target: 2 }],
    code: 'not-yours',
    field: 'command.target',
  },
  {
    it: 'an edit of what is no message',
    given: [made, said],
    when: [ann, { type: 'edit', target: 1, text: 'x' }],
    code: 'no-such-message',
    field: 'command.target',
  },
  {
    it: 'deleting what is not there',
    given: [made],
    when: [ann, { type: 'delete', target: 9 }],
    code: 'no-such-message',
    field: 'command.target',
  },
  {
    it: 'a reaction to a deleted message',
    given: [made, said, [ann, { type: 'delete', target: 2 }]],
    when: [bob, { type: 'react', target: 2, emoji: '👍', on: true }],
    code: 'no-such-message',
    field: 'command.target',
  },
  {
    it: 'pinning what is not there',
    given: [made],
    when: [ann, { type: 'pin', target: 7, on: true }],
    code: 'no-such-message',
    field: 'command.target',
  },
  {
    it: 'an answer to nothing',
    given: [made],
    when: [ann, post('x', { replyTo: 9 })],
    code: 'no-such-message',
    field: 'command.replyTo',
  },
  {
    it: 'a thread under nothing',
    given: [made],
    when: [ann, post('x', { thread: 9 })],
    code: 'no-such-message',
    field: 'command.thread',
  },
  {
    it: 'a thread within a thread',
    given: [made, said, [bob, post('in it', { thread: 2 })]],
    when: [ann, post('deeper', { thread: 3 })],
    code: 'no-such-message',
    field: 'command.thread',
  },
  {
    it: 'an answer, outside a thread, to what was said in one',
    given: [made, said, [bob, post('in it', { thread: 2 })]],
    when: [ann, post('x', { replyTo: 3 })],
    code: 'no-such-message',
    field: 'command.replyTo',
  },
  {
    it: 'a message to an archived conversation',
    given: [made, [ann, { type: 'archive', on: true }]],
    when: [ann, post('x')],
    code: 'archived',
  },
  {
    it: 'an invitation of members only',
    given: [made],
    when: [ann, { type: 'invite', users: [bob.id, ann.id] }],
    code: 'already-member',
    field: 'command.users',
  },
  {
    it: 'removing somebody who is not there',
    given: [made],
    when: [ann, { type: 'remove', user: dee.id }],
    code: 'not-a-member',
    field: 'command.user',
  },
  {
    it: 'a role for somebody who is not there',
    given: [made],
    when: [ann, { type: 'setRole', user: dee.id, role: 'admin' }],
    code: 'not-a-member',
    field: 'command.user',
  },
  {
    it: 'leaving a channel one is not in',
    given: [[ann, { ...named, kind: 'channel' }]],
    when: [cyd, { type: 'leave' }],
    code: 'not-a-member',
  },
  ...moderationRefusals,
  { it: 'the last owner’s leaving', given: [made], when: [ann, { type: 'leave' }], code: 'last-owner' },
  {
    it: 'the last owner’s stepping down',
    given: [made],
    when: [ann, { type: 'setRole', user: ann.id, role: 'member' }],
    code: 'last-owner',
  },
  {
    it: 'one reaction too many',
    given: [made, said, ...reactions],
    when: [bob, { type: 'react', target: 2, emoji: 'one more', on: true }],
    code: 'limit-reached',
  },
  {
    it: 'one pin too many',
    given: [made, ...pins, [ann, post('last')]],
    when: [ann, { type: 'pin', target: 2 + limits.maxPins * 2, on: true }],
    code: 'limit-reached',
  },
  {
    it: 'one preference too many, even one named like what every object has',
    stream: ann.id,
    given: preferences,
    when: [ann, { type: 'setPreference', key: 'toString', value: 1 }],
    code: 'limit-reached',
  },
];

function judge({ stream = group, given = [], when }: Pick<Row, 'stream' | 'given' | 'when'>) {
  let state: StreamState | undefined;
  const messages = new Map<number, Message>();
  for (const [who, command] of given) {
    const decision = decide(state, wishOf(stream, who, command), 1, messages);
    assert.equal(decision.type, 'event', JSON.stringify(command));
    if (decision.type !== 'event') continue;
    state = evolve(state, stream, decision.event);
    for (const row of rowsAfter(decision.event, messages)) messages.set(row.seq, row);
  }
  return decide(state, wishOf(stream, ...when), 2, messages);
}

describe('a wish is refused', () => {
  for (const row of rows) {
    it(`${row.code}: ${row.it}`, () => {
      const decision = judge(row);
      assert.ok(decision.type === 'rejected', JSON.stringify(decision));
      assert.equal(decision.error.code, row.code);
      assert.equal(decision.error.field, row.field);
    });
  }

  it('with every code the rules know, each in this table', () => {
    const folder = new URL('../../src/stream/', import.meta.url);
    const sources = readdirSync(folder).map((file) => readFileSync(new URL(file, folder), 'utf8'));
    const known = new Set<string>();
    for (const source of sources)
      for (const [, code] of source.matchAll(/(?:refuse|later)\((?:isOwn \? )?'([a-z-]+)'/g)) known.add(String(code));
    assert.deepEqual(known, new Set<string>(rows.map(({ code }) => code)));
  });
});

describe('a wish that is fulfilled already changes nothing', () => {
  const stranger = newUserId();
  const unchanged: Record<string, Pick<Row, 'stream' | 'given' | 'when'>> = {
    'the same name': { given: [made], when: [ann, { type: 'rename', name: 'tea' }] },
    'the same topic': { given: [made], when: [ann, { type: 'setTopic', topic: '' }] },
    'unarchiving what is open': { given: [made], when: [ann, { type: 'archive', on: false }] },
    'the same text': { given: [made, said], when: [ann, { type: 'edit', target: 2, text: 'first' }] },
    'deleting twice': {
      given: [made, said, [ann, { type: 'delete', target: 2 }]],
      when: [ann, { type: 'delete', target: 2 }],
    },
    'taking back what was not given': {
      given: [made, said],
      when: [bob, { type: 'react', target: 2, emoji: '👍', on: false }],
    },
    'unpinning what is not pinned': { given: [made, said], when: [ann, { type: 'pin', target: 2, on: false }] },
    'hiding what is hidden': {
      given: [made, said, [ann, { type: 'hide', target: 2, on: true }]],
      when: [ann, { type: 'hide', target: 2, on: true }],
    },
    'lifting a silence that is over': { given: [made], when: [ann, { type: 'silence', user: bob.id, forMs: 0 }] },
    'banning twice': {
      given: [made, [ann, { type: 'ban', user: bob.id, on: true }]],
      when: [ann, { type: 'ban', user: bob.id, on: true }],
    },
    'lifting a ban that is none': { given: [made], when: [ann, { type: 'ban', user: bob.id, on: false }] },
    'the same rules': { given: [made], when: [ann, { type: 'setRules', readOnly: false }] },
    'asking twice to be let in': {
      given: [
        [ann, { ...named, kind: 'channel' }],
        [ann, { type: 'setRules', approval: true }],
        [cyd, { type: 'join' }],
      ],
      when: [cyd, { type: 'join' }],
    },
    'joining where one is': { given: [[ann, { ...named, kind: 'channel' }]], when: [bob, { type: 'join' }] },
    'the same role': { given: [made], when: [ann, { type: 'setRole', user: bob.id, role: 'member' }] },
    'a direct conversation, from the other side': {
      stream: direct,
      given: [[ann, { type: 'create', kind: 'direct', members: [bob.id] }]],
      when: [bob, { type: 'create', kind: 'direct', members: [ann.id] }],
    },
    'reading to where one has read': {
      stream: stranger,
      given: [
        [
          { id: stranger, serverRole: 'member' },
          { type: 'markRead', conversation: group, seq: 3 },
        ],
      ],
      when: [
        { id: stranger, serverRole: 'member' },
        { type: 'markRead', conversation: group, seq: 3 },
      ],
    },
  };
  for (const [what, row] of Object.entries(unchanged)) it(what, () => assert.equal(judge(row).type, 'unchanged'));
});
