import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  type Action,
  actions,
  type Command,
  type ConversationEvent,
  type ConversationKind,
  conversationKinds,
  type Message,
  may,
  newCid,
  newConversationId,
  newUserId,
  type Role,
  rightsTable,
  roles,
} from '@parley/protocol';
import { type ConversationState, decide, evolve, rowsAfter, visibleFrom } from '../../src/stream/index.ts';
import { type Person, wishOf } from './people.ts';

const actor: Person = { id: newUserId(), serverRole: 'member' };
const owner: Person = { id: newUserId(), serverRole: 'member' };
const guest: Person = { id: newUserId(), serverRole: 'member' };
const stranger = newUserId();
const asking = newUserId();
const stream = newConversationId();
const own = 2;
const others = 3;

/** A conversation in which the actor has a role, or none any more, and both have said something. */
function conversation(kind: ConversationKind, role: Role | undefined, readOnly = false) {
  const base = { at: 1, actor: owner.id };
  const events: ConversationEvent[] = [
    {
      ...base,
      seq: 1,
      cid: newCid(),
      type: 'created',
      kind,
      name: 'tea',
      topic: '',
      members: [
        { user: owner.id, role: 'owner' },
        { user: actor.id, role: role ?? 'member' },
        { user: guest.id, role: 'guest' },
      ],
    },
    { ...base, seq: own, actor: actor.id, cid: newCid(), type: 'posted', text: 'mine' },
    { ...base, seq: others, cid: newCid(), type: 'posted', text: 'the owner’s' },
  ];
  // Only where somebody may be let in is there somebody who asked.
  if (kind === 'channel') {
    const rules = { slowModeMs: 0, readOnly: false, approval: true };
    events.push({ ...base, seq: 4, cid: newCid(), type: 'rulesSet', ...rules });
    events.push({ ...base, seq: 5, actor: asking, cid: newCid(), type: 'joinRequested' });
    events.push({ ...base, seq: 6, cid: newCid(), type: 'rulesSet', ...rules, approval: false });
  }
  if (role === undefined)
    events.push({
      ...base,
      seq: events.length + 1,
      cid: newCid(),
      type: 'memberRemoved',
      user: actor.id,
      how: 'removed',
    });
  if (readOnly)
    events.push({
      ...base,
      seq: events.length + 1,
      cid: newCid(),
      type: 'rulesSet',
      slowModeMs: 0,
      readOnly,
      approval: false,
    });
  let state: ConversationState | undefined;
  const rows = new Map<number, Message>();
  for (const event of events) {
    state = evolve(state, stream, event) as ConversationState;
    for (const row of rowsAfter(event, rows)) rows.set(row.seq, row);
  }
  assert.ok(state !== undefined);
  return { state, rows };
}

const commands: Record<Exclude<Action, 'read'>, Command> = {
  post: { type: 'post', text: 'hello' },
  editOwn: { type: 'edit', target: own, text: 'better' },
  deleteOwn: { type: 'delete', target: own },
  deleteAny: { type: 'delete', target: others },
  react: { type: 'react', target: others, emoji: '👍', on: true },
  pin: { type: 'pin', target: others, on: true },
  mentionAll: { type: 'post', text: 'hello @all' },
  rename: { type: 'rename', name: 'coffee' },
  setTopic: { type: 'setTopic', topic: 'beans' },
  archive: { type: 'archive', on: true },
  invite: { type: 'invite', users: [stranger] },
  remove: { type: 'remove', user: guest.id },
  setRole: { type: 'setRole', user: guest.id, role: 'member' },
  join: { type: 'join' },
  leave: { type: 'leave' },
  hide: { type: 'hide', target: others, on: true },
  silence: { type: 'silence', user: guest.id, forMs: 60_000 },
  ban: { type: 'ban', user: guest.id, on: true },
  setRules: { type: 'setRules', slowModeMs: 60_000 },
  overrule: { type: 'post', text: 'read me' },
  admit: { type: 'admit', user: asking, on: true },
};

const refusals: Partial<Record<Action, string>> = { deleteAny: 'not-yours', overrule: 'read-only' };

/** What becomes of the action: done, or the code of the refusal. */
function attempt(action: Action, kind: ConversationKind, role: Role | undefined, who: Person = actor): string {
  const { state, rows } = conversation(kind, role, action === 'overrule');
  if (action === 'read') return visibleFrom(state, who.id, who.serverRole) === undefined ? 'not-found' : 'done';
  const decision = decide(state, wishOf(stream, who, commands[action]), 9, rows);
  if (decision.type === 'rejected') return decision.error.code;
  if (decision.type === 'unchanged') return 'unchanged';
  if (action !== 'mentionAll') return 'done';
  return decision.event.type === 'posted' && decision.event.mass === 'all' ? 'done' : 'forbidden';
}

describe('the table of rights', () => {
  for (const kind of conversationKinds) {
    for (const role of roles) {
      it(`lets ${role}s of a ${kind} do what it says, and nothing else`, () => {
        for (const action of actions) {
          const allowed = rightsTable[action][kind].includes(role);
          const refusal = refusals[action] ?? 'forbidden';
          // Who is in already need not be let in: that is no refusal.
          const expected = action === 'join' ? 'unchanged' : allowed ? 'done' : refusal;
          assert.equal(attempt(action, kind, role), expected, `${action} as ${role} of a ${kind}`);
        }
      });
    }

    it(`lets strangers of a ${kind} do what it says; of a private one they learn nothing`, () => {
      for (const action of actions) {
        const got = attempt(action, kind, undefined);
        if (may(action, kind, undefined)) assert.equal(got, 'done', action);
        else if (kind !== 'channel') assert.equal(got, 'not-found', action);
        else assert.ok(['forbidden', 'not-yours', 'not-a-member'].includes(got), `${action}: ${got}`);
      }
    });
  }

  it('hides channels from the server’s guests, members excepted', () => {
    const serverGuest: Person = { ...actor, serverRole: 'guest' };
    for (const action of actions) assert.equal(attempt(action, 'channel', undefined, serverGuest), 'not-found', action);
    assert.equal(attempt('read', 'channel', 'member', serverGuest), 'done');
    assert.equal(attempt('post', 'channel', 'guest', serverGuest), 'done');
  });

  it('lets the server’s administrators keep order in channels, whatever their role there, and nowhere else', () => {
    const order: readonly Action[] = [
      'read',
      'rename',
      'setTopic',
      'archive',
      'deleteAny',
      'remove',
      'setRole',
      'hide',
      'silence',
      'ban',
      'setRules',
      'admit',
    ];
    for (const serverRole of ['owner', 'admin'] as const) {
      const administrator: Person = { ...actor, serverRole };
      for (const action of order) {
        assert.equal(attempt(action, 'channel', undefined, administrator), 'done', `${action} from outside`);
        assert.equal(attempt(action, 'channel', 'guest', administrator), 'done', `${action} as guest there`);
        assert.equal(attempt(action, 'group', undefined, administrator), 'not-found', `${action} in a group`);
      }
      assert.equal(attempt('post', 'channel', undefined, administrator), 'forbidden');
      assert.equal(attempt('rename', 'group', 'guest', administrator), 'forbidden');
      assert.equal(attempt('deleteAny', 'direct', 'owner', administrator), 'not-yours');
    }
  });
});

describe('rank between members', () => {
  const target: Person = { id: newUserId(), serverRole: 'member' };
  const between = (own: Role, theirs: Role, command: Command): string => {
    const created: ConversationEvent = {
      at: 1,
      actor: owner.id,
      seq: 1,
      cid: newCid(),
      type: 'created',
      kind: 'group',
      name: 'tea',
      topic: '',
      members: [
        { user: owner.id, role: 'owner' },
        { user: actor.id, role: own },
        { user: target.id, role: theirs },
      ],
    };
    const decision = decide(evolve(undefined, stream, created), wishOf(stream, actor, command), 9, new Map());
    return decision.type === 'rejected' ? decision.error.code : decision.type;
  };

  it('lets a member be removed only by a mightier one, or an owner', () => {
    for (const [mine, role] of roles.entries()) {
      for (const [yours, theirs] of roles.entries()) {
        const allowed = role === 'owner' || (mine < yours && mine <= 2);
        assert.equal(
          between(role, theirs, { type: 'remove', user: target.id }),
          allowed ? 'event' : 'forbidden',
          `${role} removes ${theirs}`,
        );
      }
    }
  });

  it('lets a role be given only to a lesser member and only below one’s own, except by an owner', () => {
    for (const [mine, role] of roles.entries()) {
      for (const [yours, theirs] of roles.entries()) {
        for (const [given, becomes] of roles.entries()) {
          const allowed = role === 'owner' || (role === 'admin' && mine < yours && mine < given);
          const expected = !allowed ? 'forbidden' : theirs === becomes ? 'unchanged' : 'event';
          assert.equal(
            between(role, theirs, { type: 'setRole', user: target.id, role: becomes }),
            expected,
            `${role} makes ${theirs} ${becomes}`,
          );
        }
      }
    }
  });

  it('lets nobody but an owner invite somebody to a role as high as their own, members to membership excepted', () => {
    for (const [mine, role] of roles.entries()) {
      for (const [given, becomes] of roles.entries()) {
        const allowed = role === 'owner' || (role !== 'guest' && (mine < given || becomes === 'member'));
        assert.equal(
          between(role, 'guest', { type: 'invite', users: [stranger], role: becomes }),
          allowed ? 'event' : 'forbidden',
          `${role} invites a ${becomes}`,
        );
      }
    }
  });
});
