import { ann, bob, cyd, made, named, overseer, post, type Row, said } from './refusal.ts';

/** What is refused to, and by, those who keep order. */
export const moderationRefusals: readonly Row[] = [
  {
    it: 'writing while silenced',
    given: [made, [ann, { type: 'silence', user: bob.id, forMs: 1_000 }]],
    when: [bob, post('x')],
    code: 'silenced',
  },
  {
    it: 'a reaction while silenced',
    given: [made, said, [ann, { type: 'silence', user: bob.id, forMs: 1_000 }]],
    when: [bob, { type: 'react', target: 2, emoji: '👍', on: true }],
    code: 'silenced',
  },
  {
    it: 'an edit while silenced',
    given: [made, [bob, post('nice')], [ann, { type: 'silence', user: bob.id, forMs: 1_000 }]],
    when: [bob, { type: 'edit', target: 2, text: 'not nice' }],
    code: 'silenced',
  },
  {
    it: 'writing while silenced, after leaving and coming back',
    given: [
      [ann, { ...named, kind: 'channel' }],
      [ann, { type: 'silence', user: bob.id, forMs: 1_000 }],
      [bob, { type: 'leave' }],
      [bob, { type: 'join' }],
    ],
    when: [bob, post('x')],
    code: 'silenced',
  },
  {
    it: 'a second message before slow mode lets one',
    given: [made, [ann, { type: 'setRules', slowModeMs: 1_000 }], [bob, post('one')]],
    when: [bob, post('two')],
    code: 'slow-mode',
  },
  {
    it: 'a member’s message where only moderators write',
    given: [made, [ann, { type: 'setRules', readOnly: true }]],
    when: [bob, post('x')],
    code: 'read-only',
  },
  {
    it: 'the edit of a message that a moderator hid, by its author',
    given: [made, [bob, post('rude')], [ann, { type: 'hide', target: 2, on: true }]],
    when: [bob, { type: 'edit', target: 2, text: 'ruder' }],
    code: 'forbidden',
    field: 'command.target',
  },
  {
    it: 'hiding what is deleted',
    given: [made, said, [ann, { type: 'delete', target: 2 }]],
    when: [ann, { type: 'hide', target: 2, on: true }],
    code: 'no-such-message',
    field: 'command.target',
  },
  {
    it: 'silencing oneself',
    given: [made],
    when: [ann, { type: 'silence', user: ann.id, forMs: 1_000 }],
    code: 'forbidden',
    field: 'command.user',
  },
  {
    it: 'banning somebody as mighty',
    given: [
      made,
      [ann, { type: 'setRole', user: bob.id, role: 'moderator' }],
      [ann, { type: 'invite', users: [cyd.id], role: 'moderator' }],
    ],
    when: [bob, { type: 'ban', user: cyd.id, on: true }],
    code: 'forbidden',
    field: 'command.user',
  },
  {
    it: 'whatever somebody banned wishes of a channel',
    given: [
      [ann, { ...named, kind: 'channel' }],
      [ann, { type: 'ban', user: bob.id, on: true }],
    ],
    when: [bob, { type: 'join' }],
    code: 'not-found',
  },
  {
    it: 'the joining of a server’s administrator who is banned there',
    given: [
      [ann, { ...named, kind: 'channel' }],
      [ann, { type: 'ban', user: overseer.id, on: true }],
    ],
    when: [overseer, { type: 'join' }],
    code: 'banned',
  },
  {
    it: 'an invitation of somebody banned',
    given: [made, [ann, { type: 'ban', user: bob.id, on: true }]],
    when: [ann, { type: 'invite', users: [bob.id] }],
    code: 'banned',
    field: 'command.users',
  },
  {
    it: 'approval of joining where nobody joins',
    given: [made],
    when: [ann, { type: 'setRules', approval: true }],
    code: 'bad-request',
    field: 'command.approval',
  },
  {
    it: 'letting in somebody who did not ask',
    given: [[ann, { ...named, kind: 'channel' }]],
    when: [ann, { type: 'admit', user: cyd.id, on: true }],
    code: 'not-a-member',
    field: 'command.user',
  },
];
