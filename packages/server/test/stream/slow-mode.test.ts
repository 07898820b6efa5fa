import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type ConversationEvent, newCid, newConversationId, newUserId, type UserId } from '@parley/protocol';
import { type ConversationState, evolve } from '../../src/stream/index.ts';
import { LayeredMap } from '../../src/stream/layered-map.ts';
import { range } from '../store/conformance/make.ts';

const slowModeMs = 1_000;

/** A room in slow mode in which these people write, one after the other; the states after each message. */
function* written(writers: readonly UserId[], msBetween: number): Generator<ConversationState, undefined> {
  const stream = newConversationId();
  const [actor = newUserId()] = writers;
  const by = (seq: number) => ({ seq, at: seq * msBetween, cid: newCid(), actor });
  const members = [{ user: actor, role: 'owner' as const }];
  const begun: readonly ConversationEvent[] = [
    { ...by(1), type: 'created', kind: 'channel', name: 'tea', topic: '', members },
    { ...by(2), type: 'rulesSet', slowModeMs, readOnly: false, approval: false },
  ];
  let state: ConversationState | undefined;
  const take = (event: ConversationEvent): ConversationState =>
    (state = evolve(state, stream, event) as ConversationState);
  for (const event of begun) take(event);
  for (const [index, writer] of writers.entries())
    yield take({ ...by(index + 3), actor: writer, type: 'posted', text: 'slowly' });
}

const people = (count: number): UserId[] => range(1, count).map(() => newUserId());

describe('slow mode in a room where many write', () => {
  it('remembers everybody who is held back, and copies all of them once in many messages only', () => {
    const writers = people(5_000);
    let copies = 0;
    let last: ConversationState | undefined;
    for (const state of written(writers, 0)) {
      if (!(state.lastPosts instanceof LayeredMap)) copies++;
      last = state;
    }
    assert.deepEqual(new Set(last?.lastPosts.keys()), new Set(writers));
    // All of the first 256 are copied each time, then once a layer is full.
    assert.ok(copies < 256 + 200, `copied ${copies} times`);
  });

  it('forgets those who may write again, so that memory is bounded by who wrote lately', () => {
    // A thousand within the time that holds one back.
    for (const state of written(people(5_000), 1))
      assert.ok(state.lastPosts.size <= 2_500, `${state.lastPosts.size} after ${state.posts} messages`);
  });

  it('remembers the latest where there are too many', () => {
    const writers = people(12_000);
    let last: ConversationState | undefined;
    for (const state of written(writers, 0.01)) last = state;
    assert.ok((last?.lastPosts.size ?? 0) <= 10_000);
    for (const writer of writers.slice(-5_000)) assert.ok(last?.lastPosts.has(writer));
  });
});
