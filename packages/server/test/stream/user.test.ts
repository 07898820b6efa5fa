import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type Command, type ConversationId, newConversationId, newUserId, type UserEvent } from '@parley/protocol';
import fc from 'fast-check';
import {
  decide,
  decodeSnapshot,
  encodeSnapshot,
  evolve,
  fold,
  threadKey,
  type UserState,
  type Wish,
} from '../../src/stream/index.ts';
import { wishOf } from './people.ts';

const me = { id: newUserId(), serverRole: 'member' as const };
const conversations = [newConversationId(), newConversationId(), newConversationId()] as const;
const by = newUserId();

interface Step {
  readonly isSystem: boolean;
  readonly command: Command;
}

type Preference = Extract<Command, { type: 'setPreference' }>['value'];
const conversation = fc.constantFrom(...conversations);
const seq = fc.integer({ min: 1, max: 30 });
const kind = fc.constantFrom('group' as const, 'channel' as const);
const own: fc.Arbitrary<Command> = fc.oneof(
  fc.record({ type: fc.constant('markRead' as const), conversation, seq }),
  fc.record({ type: fc.constant('markRead' as const), conversation, seq, thread: seq }),
  fc.record({ type: fc.constant('mute' as const), conversation, on: fc.boolean() }),
  fc.record({
    type: fc.constant('setPreference' as const),
    key: fc.constantFrom('theme', '__proto__', 'constructor', 'map'),
    value: fc.constantFrom<Preference>({ map: [['a', 1]] }, null, 'dark'),
  }),
);
const system: fc.Arbitrary<Command> = fc.oneof(
  fc.record({ type: fc.constant('addConversation' as const), conversation, kind, by: fc.constant(by), at: seq }),
  fc.record({ type: fc.constant('removeConversation' as const), conversation, by: fc.constant(by), at: seq }),
  fc.record({ type: fc.constant('noteMention' as const), conversation, seq, by: fc.constant(by) }),
  fc.record({ type: fc.constant('followThread' as const), conversation, thread: seq, seq }),
);
const steps = fc.array(
  fc.oneof(
    own.map((command): Step => ({ isSystem: false, command })),
    system.map((command): Step => ({ isSystem: true, command })),
  ),
  { maxLength: 60, size: 'max' },
);

const wish = ({ isSystem, command }: Step): Wish =>
  isSystem ? { ...wishOf(me.id, me, command), actor: by, serverRole: 'system' } : wishOf(me.id, me, command);

function play(all: readonly Step[], from?: UserState): { events: UserEvent[]; states: UserState[] } {
  const [events, states]: [UserEvent[], UserState[]] = [[], []];
  let state = from;
  for (const step of all) {
    const decision = decide(state, wish(step), 1, new Map());
    if (decision.type !== 'event') continue;
    events.push(decision.event as UserEvent);
    state = evolve(state, me.id, decision.event) as UserState;
    states.push(state);
  }
  return { events, states };
}

const add = (conversationId: ConversationId, at: number): Step => ({
  isSystem: true,
  command: { type: 'addConversation', conversation: conversationId, kind: 'group', by, at },
});
const remove = (conversationId: ConversationId, at: number): Step => ({
  isSystem: true,
  command: { type: 'removeConversation', conversation: conversationId, by, at },
});

describe('a person’s own stream', () => {
  it('numbers its events densely and folds to the same state, through a snapshot taken anywhere', () => {
    fc.assert(
      fc.property(steps, fc.nat(), (all, point) => {
        const { events, states } = play(all);
        assert.deepEqual(
          events.map((event) => event.seq),
          events.map((_, index) => index + 1),
        );
        assert.deepEqual(fold(me.id, { events }), states.at(-1));
        const at = point % Math.max(1, states.length);
        const state = states[at];
        if (state === undefined) return;
        assert.deepEqual(decodeSnapshot(encodeSnapshot(state)), state);
        const snapshot = { state: encodeSnapshot(state) };
        assert.deepEqual(fold(me.id, { snapshot, events: events.slice(at + 1) }), states.at(-1));
      }),
      { numRuns: 300 },
    );
  });

  it('stores nothing for the same wish twice in a row', () => {
    fc.assert(
      fc.property(steps, (all) => {
        const once = play(all.filter(({ command }) => command.type !== 'setPreference'));
        const twice = play(
          all.filter(({ command }) => command.type !== 'setPreference').flatMap((step) => [step, step]),
        );
        // Each play mints cids of its own.
        const [told, toldTwice] = [once, twice].map(({ states }) => ({ ...states.at(-1), newestCid: undefined }));
        assert.deepEqual(toldTwice, told);
      }),
    );
  });

  it('takes its owner’s commands from its owner only, and effects from the server only', () => {
    const stranger = { id: by, serverRole: 'owner' as const };
    const refused = (wished: Wish): string => {
      const decision = decide(undefined, wished, 1, new Map());
      return decision.type === 'rejected' ? decision.error.code : decision.type;
    };
    assert.equal(refused(wishOf(me.id, stranger, { type: 'setPreference', key: 'k', value: 1 })), 'not-found');
    for (const { command } of [add(conversations[0], 1), remove(conversations[0], 1)])
      assert.equal(refused(wishOf(me.id, me, command)), 'bad-request');
  });

  it('keeps a newer membership from a late effect of an older one, in whatever order they come', () => {
    const [tea] = conversations;
    const holds = (order: readonly Step[]): boolean => play(order).states.at(-1)?.conversations.has(tea) ?? false;
    assert.equal(holds([add(tea, 1), remove(tea, 5), add(tea, 9)]), true);
    assert.equal(holds([add(tea, 1), add(tea, 9), remove(tea, 5)]), true);
    assert.equal(holds([add(tea, 9), remove(tea, 5), add(tea, 1)]), true);
    assert.equal(holds([add(tea, 1), remove(tea, 5)]), false);
  });

  it('does not call unread what was said before somebody came', () => {
    const [tea] = conversations;
    const { states } = play([add(tea, 40)]);
    assert.equal(states.at(-1)?.markers.get(tea), 40);
  });

  it('lets a marker go back, to mark as unread', () => {
    const [tea] = conversations;
    const mark = (to: number): Step => ({ isSystem: false, command: { type: 'markRead', conversation: tea, seq: to } });
    const { states } = play([add(tea, 1), mark(20), mark(10)]);
    assert.equal(states.at(-1)?.markers.get(tea), 10);
  });

  it('remembers a bounded number of threads and mentions, the newest', () => {
    const [tea] = conversations;
    const many = Array.from({ length: 600 }, (_, index) => index + 1);
    const { states } = play(
      many.flatMap((at): Step[] => [
        { isSystem: true, command: { type: 'followThread', conversation: tea, thread: at, seq: at } },
        { isSystem: true, command: { type: 'noteMention', conversation: tea, seq: at, by } },
      ]),
    );
    const last = states.at(-1);
    assert.equal(last?.threads.size, 500);
    assert.ok(last.threads.has(threadKey(tea, 600)) && !last.threads.has(threadKey(tea, 100)));
    assert.deepEqual(
      last.mentions.map((mention) => mention.seq),
      many.slice(-200),
    );
  });
});
