import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { newUserId, ParleyError, type UserId } from '@parley/protocol';
import { createMemoryCache } from '../../src/cache/memory/index.ts';
import { Presences } from '../../src/gateway/presences.ts';
import { silentLog } from '../../src/log.ts';
import { VirtualClock } from '../virtual-clock.ts';

/** Presences of a node over a store that keeps what it is told, fails, or never answers. */
function stand() {
  const clock = new VirtualClock();
  const seen = new Map<UserId, number | undefined>();
  const warnings: object[] = [];
  const world: { store: 'up' | 'down' | 'silent' } = { store: 'up' };
  const presences = new Presences({
    clock,
    cache: createMemoryCache({ clock }),
    store: {
      accountsById: () => Promise.resolve([]),
      updateAccount: (user, { lastSeenAt }) => {
        if (world.store === 'silent') return new Promise(() => undefined);
        if (world.store === 'down') return Promise.reject(new ParleyError('unavailable'));
        seen.set(user, lastSeenAt);
        return Promise.resolve();
      },
    },
    log: { ...silentLog, warn: (fields) => warnings.push(fields) },
    announce: () => undefined,
  });
  const people = Array.from({ length: 250 }, () => newUserId());
  for (const user of people) presences.arrived(user);
  return { clock, seen, warnings, world, presences, people };
}

describe('when people were seen last', () => {
  it('is noted of everybody when the node stops, whoever has left a moment ago included', async () => {
    const { clock, seen, warnings, presences, people } = stand();
    for (const user of people.slice(0, 100)) presences.left(user);
    await presences.stop();
    clock.advance(60_000);
    await turn();
    assert.equal(seen.size, people.length);
    assert.deepEqual(warnings, []);
  });

  it('is told once of all where the store does not take it, and does not hold up a node that stops', async () => {
    const { clock, warnings, world, presences, people } = stand();
    world.store = 'silent';
    const stopped = presences.stop();
    await turn();
    clock.advance(1_000);
    await stopped;
    assert.deepEqual(warnings, [{ people: people.length }]);
  });

  it('is told once of all who went while the store was down', async () => {
    const { clock, warnings, world, presences, people } = stand();
    world.store = 'down';
    for (const user of people) presences.left(user);
    clock.advance(10_000);
    await turn();
    presences.sweep();
    presences.sweep();
    assert.deepEqual(warnings, [{ people: people.length }]);
  });
});
