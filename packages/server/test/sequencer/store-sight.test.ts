import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { StoreSight } from '../../src/sequencer/store-sight.ts';
import { VirtualClock } from '../virtual-clock.ts';

/** A store whose answers the test gives. */
function stand() {
  const clock = new VirtualClock();
  const looks: PromiseWithResolvers<void>[] = [];
  const sight = new StoreSight(() => {
    const look = Promise.withResolvers<void>();
    looks.push(look);
    return look.promise;
  }, clock);
  return { clock, looks, sight };
}

describe('whether the store answers a node', () => {
  it('is believed until it shows, and looked at again and again, one look at a time', async () => {
    const { looks, sight } = stand();
    assert.ok(sight.look());
    assert.ok(sight.look());
    assert.equal(looks.length, 1);
    looks[0]?.reject(new Error('no host'));
    await turn();
    assert.ok(!sight.look());
    assert.equal(looks.length, 2);
    looks[1]?.resolve();
    await turn();
    assert.ok(sight.look());
  });

  it('is denied while it says nothing at all', async () => {
    const { clock, looks, sight } = stand();
    assert.ok(sight.look());
    clock.advance(2_000);
    assert.ok(sight.look(), 'slow is not gone');
    clock.advance(1_000);
    assert.ok(!sight.look());
    looks[0]?.resolve();
    await turn();
    assert.ok(sight.look());
  });
});
