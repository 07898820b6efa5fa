import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { faultKinds } from '../src/verify/faults/kinds.ts';
import { plan } from '../src/verify/faults/schedule.ts';
import { Random } from '../src/verify/random.ts';

const seeds = Array.from({ length: 200 }, (_, seed) => seed);
const planned = (seconds: number, seed: number) => plan(faultKinds, 3, seconds * 1_000, new Random(seed));

describe('the schedule of faults', () => {
  it('has every kind at least twice in ten minutes, mostly with room between them, now and then several at once', () => {
    for (const seed of seeds) {
      const faults = planned(600, seed);
      for (const kind of faultKinds)
        assert.ok(faults.filter((fault) => fault.kind === kind).length >= 2, `${kind}, seed ${seed}`);
      const gaps = faults.slice(1).map(({ atMs }, index) => atMs - (faults[index]?.atMs ?? 0));
      const roomy = gaps.filter((gap) => gap > 5_000).length;
      assert.ok(roomy > gaps.length / 2, `${roomy} of ${gaps.length} gaps leave room, seed ${seed}`);
      assert.ok(
        gaps.some((gap) => gap < 3_000),
        `no two come together, seed ${seed}`,
      );
    }
  });

  it('packs every kind into a minute, within its calm beginning and end', () => {
    for (const seed of seeds) {
      const faults = planned(60, seed);
      assert.deepEqual(new Set(faults.map(({ kind }) => kind)), new Set(faultKinds));
      for (const { atMs } of faults) assert.ok(atMs >= 4_000 && atMs <= 56_000, `at ${atMs}, seed ${seed}`);
    }
  });

  it('has each kind once where there is hardly any time', () => {
    for (const seed of seeds) assert.equal(planned(5, seed).length, faultKinds.length);
  });

  it('is the same for the same seed', () => {
    assert.deepEqual(planned(60, 7), planned(60, 7));
  });
});
