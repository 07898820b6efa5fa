import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Cid, StreamEvent, UserId } from '@parley/protocol';
import fc from 'fast-check';
import { StreamOrder } from '../src/order.ts';

const eventAt = (seq: number): StreamEvent => ({
  seq,
  at: 0,
  actor: 'u_0' as UserId,
  cid: `cid-${seq}` as Cid,
  type: 'posted',
  text: String(seq),
});
const seqs = (events: readonly StreamEvent[]): number[] => events.map(({ seq }) => seq);
const range = (from: number, to: number): number[] => Array.from({ length: to - from + 1 }, (_, index) => from + index);

describe('the order of a stream', () => {
  it('delivers each seq once and in order, however batches are doubled, shuffled and overlapping', () => {
    const scenario = fc
      .record({ start: fc.nat({ max: 50 }), length: fc.nat({ max: 60 }) })
      .chain(({ start, length }) => {
        const all = range(start + 1, start + length);
        const batch = fc.shuffledSubarray(all, { minLength: 0 });
        return fc.record({
          start: fc.constant(start),
          end: fc.constant(start + length),
          // Whatever came before, at last everything is there.
          batches: fc.array(batch, { maxLength: 12 }).map((batches) => [...batches, all]),
        });
      });
    fc.assert(
      fc.property(scenario, ({ start, end, batches }) => {
        const order = new StreamOrder(start);
        const delivered: number[] = [];
        for (const batch of batches) {
          const { deliver, isMissing } = order.accept(batch.map(eventAt));
          delivered.push(...seqs(deliver));
          assert.equal(order.last, start + delivered.length);
          assert.equal(
            isMissing,
            batch.some((seq) => seq > order.last),
          );
        }
        assert.deepEqual(delivered, range(start + 1, end));
      }),
    );
  });

  it('says that something is missing once, not again with each batch of the repair', () => {
    const order = new StreamOrder(0);
    assert.equal(order.accept([eventAt(9)]).isMissing, true);
    assert.deepEqual(order.accept(range(1, 4).map(eventAt)), { deliver: range(1, 4).map(eventAt), isMissing: false });
    assert.deepEqual(seqs(order.accept(range(5, 8).map(eventAt)).deliver), range(5, 9));
  });

  it('keeps a bounded number of early events, and gets the rest from the repair', () => {
    const order = new StreamOrder(0);
    assert.equal(order.accept(range(2, 3_000).map(eventAt)).isMissing, true);
    assert.deepEqual(seqs(order.accept(range(1, 3_000).map(eventAt)).deliver), range(1, 3_000));
  });

  it('skips what is not for this reader, and does not go back', () => {
    const order = new StreamOrder(3);
    order.skipTo(7);
    order.skipTo(5);
    assert.deepEqual(seqs(order.accept(range(4, 9).map(eventAt)).deliver), [8, 9]);
  });
});
