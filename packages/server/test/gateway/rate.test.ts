import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { RateLimit } from '../../src/gateway/rate.ts';
import { VirtualClock } from '../virtual-clock.ts';

describe('a rate limit', () => {
  it('lets a burst through, then so many a second, each key by itself', () => {
    const clock = new VirtualClock();
    const rate = new RateLimit({ perSecond: 10, burst: 3, clock });
    assert.deepEqual(
      [1, 2, 3, 4].map(() => rate.charge('ann')),
      [0, 0, 0, 100],
    );
    assert.equal(rate.charge('bob'), 0);
    clock.advance(98);
    assert.ok(rate.charge('ann') > 0);
    clock.advance(4);
    assert.equal(rate.charge('ann'), 0);
    assert.ok(rate.charge('ann') > 0);
    clock.advance(1_000_000);
    assert.deepEqual(
      [1, 2, 3, 4].map(() => rate.charge('ann')),
      [0, 0, 0, 100],
    );
  });

  it('takes dearer requests for more, and none of what it refuses', () => {
    const clock = new VirtualClock();
    const rate = new RateLimit({ perSecond: 10, burst: 5, clock });
    assert.equal(rate.charge('ann', 4), 0);
    assert.equal(rate.charge('ann', 3), 200);
    assert.equal(rate.charge('ann', 1), 0);
  });

  it('says truly when to come back, and never lets through more than the burst and the rate', () => {
    const step = fc.record({ waitMs: fc.integer({ min: 0, max: 500 }), cost: fc.integer({ min: 1, max: 5 }) });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 50 }), fc.integer({ min: 1, max: 100 }), (steps, perSecond) => {
        const clock = new VirtualClock();
        const rate = new RateLimit({ perSecond, burst: 5, clock });
        const began = clock.elapsed();
        let taken = 0;
        for (const { waitMs, cost } of steps) {
          clock.advance(waitMs);
          const backMs = rate.charge('ann', cost);
          if (backMs > 0) {
            clock.advance(backMs);
            assert.equal(rate.charge('ann', cost), 0, `told to come back after ${backMs} ms`);
          }
          taken += cost;
          assert.ok(taken <= 5 + ((clock.elapsed() - began) * perSecond) / 1_000 + 1e-3);
        }
      }),
    );
  });
});
