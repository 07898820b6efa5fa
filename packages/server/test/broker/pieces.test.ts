import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { cut, maxPieceBytes, newSender, Pieces } from '../../src/broker/pieces.ts';

const message = (size: number, fill: number): Uint8Array => new Uint8Array(size).fill(fill);

describe('pieces of messages', () => {
  it('come together again, whatever the sizes and however senders are mixed', () => {
    const size = fc.oneof(
      fc.nat(10),
      fc.integer({ min: maxPieceBytes - 2, max: maxPieceBytes + 2 }),
      fc.constant(3 * maxPieceBytes + 7),
    );
    fc.assert(
      fc.property(
        fc.array(size, { maxLength: 3 }),
        fc.array(size, { maxLength: 3 }),
        fc.array(fc.boolean()),
        (a, b, turns) => {
          const queues = [a, b].map((sizes, sender) => {
            const id = newSender();
            return sizes.flatMap((bytes, index) => cut(id, message(bytes, sender * 10 + index + 1)));
          });
          const got: Uint8Array[] = [];
          const pieces = new Pieces((payload) => got.push(payload));
          for (const turn of [...turns, ...Array<boolean>(50).fill(true), ...Array<boolean>(50).fill(false)]) {
            const next = queues[turn ? 0 : 1]?.shift();
            if (next !== undefined) pieces.received(next);
          }
          for (const [sender, sizes] of [a, b].entries()) {
            const theirs = got.filter(
              ({ length, 0: first }) => length === 0 || Math.floor((first ?? 0) / 10) === sender,
            );
            const expected = sizes
              .map((bytes, index) => message(bytes, sender * 10 + index + 1))
              .filter(({ length }) => length > 0);
            assert.deepEqual(
              theirs.filter(({ length }) => length > 0).map((payload) => Uint8Array.from(payload)),
              expected,
            );
          }
        },
      ),
      { numRuns: 20 },
    );
  });

  it('of a message that lost one are dropped, and the next message comes whole', () => {
    const sender = newSender();
    const got: number[] = [];
    const pieces = new Pieces((payload) => got.push(payload.byteLength));
    const [first, , last] = cut(sender, message(3 * maxPieceBytes, 1));
    const next = cut(sender, message(2 * maxPieceBytes, 2));
    for (const piece of [last, first, ...next]) if (piece !== undefined) pieces.received(piece);
    assert.deepEqual(got, [2 * maxPieceBytes]);
  });
});
