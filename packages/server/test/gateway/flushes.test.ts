import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { newConversationId } from '@parley/protocol';
import { Coalescing } from '../../src/gateway/coalescing.ts';
import { Flushes } from '../../src/gateway/flushes.ts';
import { Room } from '../../src/gateway/room.ts';
import { allGatewaySafeguards, defaultGatewayBounds } from '../../src/gateway/safeguards.ts';
import { VirtualClock } from '../virtual-clock.ts';

/** Writes that keep a whole core busy for a tenth of a second, at 7 µs each. */
const wholeCore = 15_000;

describe('the window in which busy rooms gather events', () => {
  const afterLoad = (writesPerSlot: number, slots: number): { clock: VirtualClock; coalescing: Coalescing } => {
    const clock = new VirtualClock();
    const coalescing = new Coalescing(() => clock.elapsed());
    for (let slot = 0; slot < slots; slot++) {
      coalescing.note(writesPerSlot);
      clock.advance(100);
    }
    return { clock, coalescing };
  };

  it('is nothing while writing at once costs less than a third of a core', () => {
    assert.equal(afterLoad(0, 20).coalescing.windowMs, 0);
    assert.equal(afterLoad(4_000, 20).coalescing.windowMs, 0);
  });

  it('grows with demand to 50 ms and no further', () => {
    const windows = [5_000, 8_000, 12_000, wholeCore, wholeCore * 100].map(
      (writes) => afterLoad(writes, 20).coalescing.windowMs,
    );
    assert.deepEqual(
      windows,
      windows.toSorted((a, b) => a - b),
    );
    assert.ok((windows[1] ?? 0) > 0 && (windows[1] ?? 0) < 50);
    assert.deepEqual(windows.slice(3), [50, 50]);
  });

  it('shrinks to nothing when the load ends', () => {
    const { clock, coalescing } = afterLoad(wholeCore, 20);
    for (let slot = 0; slot < 20; slot++) {
      coalescing.note(0);
      clock.advance(100);
    }
    assert.equal(coalescing.windowMs, 0);
  });

  it('forgets the load of before a long silence', () => {
    const { clock, coalescing } = afterLoad(wholeCore, 20);
    clock.advance(60_000);
    coalescing.note(1);
    clock.advance(100);
    coalescing.note(1);
    assert.ok(coalescing.windowMs < 50);
  });
});

describe('rooms that have something to write', () => {
  class CountingRoom extends Room {
    readonly flushedAt: number[] = [];
    readonly #now: () => number;

    constructor(flushes: Flushes, now: () => number) {
      super(newConversationId(), { flushes, bounds: defaultGatewayBounds, safeguards: allGatewaySafeguards });
      this.#now = now;
    }

    override flush(): void {
      this.flushedAt.push(this.#now());
    }
  }
  const stand = () => {
    const clock = new VirtualClock(0);
    const flushes = new Flushes(clock);
    const room = () => new CountingRoom(flushes, () => clock.elapsed());
    const busy = (): void => {
      for (let slot = 0; slot < 20; slot++) {
        flushes.demand(wholeCore);
        clock.advance(100);
      }
    };
    return { clock, flushes, room, busy };
  };

  it('write at once while the node has time for it', () => {
    const { clock, flushes, room } = stand();
    const one = room();
    for (let event = 0; event < 3; event++) {
      flushes.schedule(one);
      clock.advance(1);
    }
    assert.deepEqual(one.flushedAt, [0, 1, 2]);
  });

  it('write the first event at once and gather what follows within the window when the node is busy', () => {
    const { clock, flushes, room, busy } = stand();
    busy();
    const one = room();
    const began = clock.elapsed();
    for (let event = 0; event < 10; event++) {
      flushes.schedule(one);
      clock.advance(4);
    }
    clock.advance(50);
    assert.deepEqual(one.flushedAt, [began, began + 50]);
  });

  it('write together, none later than the window, none forgotten', () => {
    const { clock, flushes, room, busy } = stand();
    busy();
    const rooms = Array.from({ length: 20 }, room);
    for (const one of rooms) flushes.schedule(one);
    const began = clock.elapsed();
    for (const one of rooms) {
      clock.advance(1);
      flushes.schedule(one);
    }
    clock.advance(100);
    for (const { flushedAt } of rooms) {
      assert.equal(flushedAt.length, 2);
      assert.ok((flushedAt[1] ?? 0) - began <= 50, flushedAt.join(' '));
    }
    assert.equal(new Set(rooms.map(({ flushedAt }) => flushedAt[1])).size, 1);
  });
});
