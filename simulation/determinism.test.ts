import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { simulateMany } from './run/many.ts';
import { simulate } from './run/simulate.ts';

const seeds = 12;

describe('a seed', () => {
  it('decides everything: two runs of it, one in another thread after other runs, leave the same trace', async () => {
    const elsewhere = new Map<number, string>();
    await simulateMany({ from: 1, count: seeds, onOutcome: ({ seed, hash }) => elsewhere.set(seed, hash) });
    for (let seed = seeds; seed >= 1; seed--)
      assert.equal((await simulate(seed)).hash, elsewhere.get(seed), `seed ${seed}`);
    assert.equal(new Set(elsewhere.values()).size, seeds, 'different seeds leave different traces');
  });

  it('is not changed by being looked at', async () => {
    const watched = await simulate(1, undefined, true);
    assert.ok(watched.lines.length > 1_000);
    assert.equal(watched.hash, (await simulate(1)).hash);
  });
});
