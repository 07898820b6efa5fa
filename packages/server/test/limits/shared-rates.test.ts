import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createMemoryCache } from '../../src/cache/memory/index.ts';
import type { Cache } from '../../src/cache/port.ts';
import type { RateLimit } from '../../src/gateway/rate.ts';
import { SharedRates } from '../../src/limits/shared-rates.ts';
import { VirtualClock } from '../virtual-clock.ts';

const silent: Cache = {
  get: () => Promise.resolve(undefined),
  getMany: (keys) => Promise.resolve(keys.map(() => undefined)),
  set: () => Promise.resolve(),
  delete: () => Promise.resolve(),
  touch: () => Promise.resolve(false),
  close: () => Promise.resolve(),
};

/** So many nodes on one cache, with one limit of 10 a second, 100 at once. */
function nodes(count: number, cacheOf: (shared: Cache) => Cache = (shared) => shared) {
  const clock = new VirtualClock();
  const shared = createMemoryCache({ clock });
  const names = Array.from({ length: count }, (_, index) => `n${index}`);
  const all = names.map((node) => {
    const rates = new SharedRates({ node, cache: cacheOf(shared), clock, nodes: () => names });
    return { rates, limit: rates.limit('posts', { perSecond: 10, burst: 100 }) };
  });
  const round = async (): Promise<void> => {
    for (const { rates } of all) await rates.round();
    for (const { rates } of all) await rates.round();
  };
  return { clock, round, limits: all.map(({ limit }) => limit) };
}

/** As much as is let through now. */
function taken(limit: RateLimit | undefined, key: string): number {
  let count = 0;
  while (limit?.charge(key) === 0) count++;
  return count;
}

describe('a limit that nodes count together', () => {
  it('holds in the long run however many nodes somebody goes through', async () => {
    const { clock, round, limits } = nodes(3);
    let through = 0;
    for (let second = 0; second < 120; second++) {
      for (const limit of limits) through += taken(limit, 'eve');
      await round();
      clock.advance(1_000);
    }
    // 10 a second and the burst of each node once; without sharing it would be three times 10 a second.
    assert.ok(through <= 120 * 10 + 3 * 100, `${through} in two minutes`);
    assert.ok(through >= 120 * 10 - 100, `${through} in two minutes`);
  });

  it('takes nothing from others, nor from who stays far below it', async () => {
    const { round, limits } = nodes(2);
    const [first, second] = limits;
    taken(first, 'eve');
    for (let time = 0; time < 5; time++) first?.charge('ann');
    await round();
    assert.equal(taken(second, 'eve'), 0);
    assert.equal(taken(second, 'ann'), 100);
    assert.equal(taken(second, 'bob'), 100);
  });

  it('counts what was told once, however often it is read', async () => {
    const { clock, round, limits } = nodes(2);
    const [first, second] = limits;
    taken(first, 'eve');
    for (let time = 0; time < 6; time++) await round();
    clock.advance(10_000);
    for (let time = 0; time < 6; time++) await round();
    assert.equal(taken(second, 'eve'), 100);
  });

  it('is counted by each node for itself while there is no cache', async () => {
    const { round, limits } = nodes(2, () => silent);
    const [first, second] = limits;
    assert.equal(taken(first, 'eve'), 100);
    await round();
    assert.equal(taken(second, 'eve'), 100);
  });

  it('tells of a flood of keys only the dearest', () => {
    const { limits } = nodes(2);
    const [limit] = limits;
    for (let key = 0; key < 2_000; key++) limit?.charge(`key ${key}`, 20 + (key % 50));
    const told = limit?.takeSpent(500) ?? [];
    assert.equal(told.length, 500);
    assert.ok(told.every(([, tokens]) => tokens >= 50));
    assert.deepEqual(limit?.takeSpent(500), []);
  });
});
