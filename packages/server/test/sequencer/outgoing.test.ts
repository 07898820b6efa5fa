import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { InboxMessage } from '../../src/envelope.ts';
import { Outgoing } from '../../src/sequencer/outgoing.ts';

describe('what an owner sends to a gateway', () => {
  it('repeats the last number without anything, soon and ever more rarely, also while more waits, and that is sent once under the next number', () => {
    // Kept as they are handed over: some brokers carry the very value.
    const sent: Extract<InboxMessage, { type: 'news' }>[] = [];
    const outgoing = new Outgoing('owner', 0, (_node, message) => {
      if (message.type === 'news') sent.push(message);
    });
    const ack = (ref: number) => ({ type: 'ack', ref, seq: 1 }) as const;
    outgoing.add('gateway', ack(1));
    outgoing.flush();
    outgoing.beat();
    outgoing.add('gateway', ack(2));
    for (let tick = 0; tick < 10; tick++) outgoing.beat();
    outgoing.flush();
    assert.deepEqual(
      sent.map(({ number, items }) => [number, items]),
      [[1, [ack(1)]], ...Array.from({ length: 5 }, () => [1, []]), [2, [ack(2)]]],
    );
  });
});
