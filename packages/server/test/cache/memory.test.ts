import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createMemoryCache } from '../../src/cache/memory/index.ts';
import { VirtualClock } from '../virtual-clock.ts';
import { conformsToCache } from './conformance.ts';

conformsToCache('memory', () => {
  const clock = new VirtualClock();
  return Promise.resolve({ cache: createMemoryCache({ clock }), advance: (ms: number) => clock.advance(ms) });
});

describe('the memory cache’s bound', () => {
  it('drops the least recently used first, and never holds more than its bytes', async () => {
    const cache = createMemoryCache({ maxBytes: 10_000, clock: new VirtualClock() });
    const value = new Uint8Array(1_500);
    for (let key = 0; key < 5; key++) await cache.set(String(key), value, 1_000);
    await cache.get('0');
    for (let key = 5; key < 8; key++) await cache.set(String(key), value, 1_000);
    // 1,652 bytes each with key and overhead: six fit.
    const held = await cache.getMany(['0', '1', '2', '3', '4', '5', '6', '7']);
    assert.deepEqual(
      held.map((entry) => entry !== undefined),
      [true, false, false, true, true, true, true, true],
    );
  });

  it('does not keep what is larger than all of it', async () => {
    const cache = createMemoryCache({ maxBytes: 1_000, clock: new VirtualClock() });
    await cache.set('large', new Uint8Array(2_000), 1_000);
    assert.equal(await cache.get('large'), undefined);
    await cache.set('small', new Uint8Array(100), 1_000);
    assert.equal((await cache.get('small'))?.length, 100);
  });
});
