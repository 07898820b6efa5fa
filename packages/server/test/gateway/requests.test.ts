import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { type ConversationId, newCid, newConversationId, newUserId, ParleyError } from '@parley/protocol';
import { createMemoryBroker } from '../../src/broker/memory/index.ts';
import { partitionOf } from '../../src/broker/port.ts';
import { decodeLogEntry, type LogEntry } from '../../src/envelope.ts';
import { Publisher } from '../../src/gateway/publisher.ts';
import { Requests } from '../../src/gateway/requests.ts';
import type { Wish } from '../../src/stream/types.ts';
import { VirtualClock } from '../virtual-clock.ts';

type AskedWish = Extract<LogEntry, { type: 'wish' }>;

const partitions = 4;
const author = newUserId();
const wishIn = (stream: ConversationId): Wish => ({
  stream,
  actor: author,
  serverRole: 'member',
  cid: newCid(),
  command: { type: 'post', text: 'Is anybody there?' },
});
/** A conversation of that partition. */
function conversationIn(partition: number): ConversationId {
  for (;;) {
    const stream = newConversationId();
    if (partitionOf(stream, partitions) === partition) return stream;
  }
}

/** A node's requests before a log that the test reads. */
function stand() {
  const clock = new VirtualClock();
  const asked: AskedWish[] = [];
  const broker = createMemoryBroker({ partitions }).connect();
  const publish = (_partition: number, payloads: readonly Uint8Array[]): Promise<void> => {
    asked.push(...payloads.map((payload) => decodeLogEntry(payload) as AskedWish));
    return Promise.resolve();
  };
  const publisher = new Publisher({ ...broker, publish }, queueMicrotask);
  const requests = new Requests({ node: 'here', partitions, isLogDurable: true, publisher, clock });
  return { clock, asked, requests };
}

const refOf = (entry: AskedWish | undefined): number => entry?.replyTo?.ref ?? 0;

describe('requests under way', () => {
  it('are put into the log again, of that partition and up to that one, and the answer to the second asking counts', async () => {
    const { asked, requests } = stand();
    const [old, elsewhere, late] = [conversationIn(1), conversationIn(2), conversationIn(1)].map(wishIn);
    assert.ok(old !== undefined && elsewhere !== undefined && late !== undefined);
    const answer = requests.submit(old);
    void requests.submit(elsewhere);
    const { lastRef } = requests;
    void requests.submit(late);
    await turn();
    assert.equal(requests.askAgain(1, lastRef), 1);
    await turn();
    assert.deepEqual(
      asked.map(({ wish }) => wish.cid),
      // What comes in one turn goes out by partition.
      [old, late, elsewhere, old].map(({ cid }) => cid),
    );
    requests.acknowledged(refOf(asked[0]), 1);
    assert.equal(requests.pending, 3, 'the first asking is over');
    requests.acknowledged(refOf(asked[3]), 2);
    assert.equal(await answer, 2);
  });

  it('are given up after ten seconds without an answer, counted anew when they were asked again', async () => {
    const { clock, requests } = stand();
    const outcomes: string[] = [];
    const ended = (name: string, answer: Promise<number>): void =>
      void answer.catch((error: ParleyError) => outcomes.push(`${name} ${error.code}`));
    ended('repeated', requests.submit(wishIn(conversationIn(1))));
    ended('other', requests.submit(wishIn(conversationIn(2))));
    clock.advance(9_000);
    requests.askAgain(1, requests.lastRef);
    clock.advance(1_000);
    requests.sweep();
    await turn();
    assert.deepEqual(outcomes, ['other unavailable']);
    clock.advance(9_000);
    requests.sweep();
    await turn();
    assert.deepEqual(outcomes, ['other unavailable', 'repeated unavailable']);
  });

  it('that could not be stored are asked again for five seconds before their senders hear of it', async () => {
    const { clock, asked, requests } = stand();
    const unavailable = new ParleyError('unavailable').toWire();
    let outcome: string | undefined;
    requests.submit(wishIn(conversationIn(1))).catch((error: ParleyError) => (outcome = error.code));
    await turn();
    const begun = clock.elapsed();
    const tries: number[] = [];
    // Refuses each asking as it comes, and waits for the next.
    for (let refused = 0; refused < asked.length; ) {
      refused = asked.length;
      tries.push(clock.elapsed() - begun);
      requests.refused(refOf(asked.at(-1)), unavailable);
      await turn();
      if (outcome === undefined) assert.equal(requests.pending, 1, 'it is waited for');
      for (let ms = 0; asked.length === refused && ms < 5_000; ms += 50) {
        clock.advance(50);
        await turn();
      }
    }
    assert.equal(outcome, 'unavailable');
    assert.deepEqual(tries, [0, 250, 750, 1_750, 3_750]);
    assert.equal(requests.pending, 0);
  });

  it('that could not be stored are answered as soon as the store is back', async () => {
    const { clock, asked, requests } = stand();
    const answer = requests.submit(wishIn(conversationIn(1)));
    await turn();
    requests.refused(refOf(asked[0]), new ParleyError('unavailable').toWire());
    clock.advance(250);
    await turn();
    assert.equal(asked[1]?.wish.cid, asked[0]?.wish.cid);
    requests.acknowledged(refOf(asked[1]), 7);
    assert.equal(await answer, 7);
  });

  it('are refused at once for any other reason', async () => {
    const { asked, requests } = stand();
    const answer = requests.submit(wishIn(conversationIn(1)));
    await turn();
    requests.refused(refOf(asked[0]), new ParleyError('forbidden').toWire());
    await assert.rejects(answer, { code: 'forbidden' });
  });
});
