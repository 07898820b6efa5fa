import assert from 'node:assert/strict';
import { it } from 'node:test';
import { newCid } from '@parley/protocol';
import type { Opened } from './engine.ts';
import { filled, freshStream, posted, range, rowOf, seqsOf } from './make.ts';

/** Seqs 5, 8 and 9 answer in the thread of 2; 7 in that of 3. */
const threads = new Map([
  [5, 2],
  [7, 3],
  [8, 2],
  [9, 2],
]);
const threadOf = (seq: number): { thread?: number } => {
  const thread = threads.get(seq);
  return thread === undefined ? {} : { thread };
};

export function pagesThroughMessages(opened: () => Opened): void {
  it('pages forward and backward between inclusive bounds', async () => {
    const { store } = opened();
    const { stream, events } = await filled(store, 30);
    const page = { stream, limit: 4 };
    assert.deepEqual(await store.messages({ ...page, direction: 'forward' }), events.slice(0, 4).map(rowOf));
    assert.deepEqual(seqsOf(await store.messages({ ...page, direction: 'backward' })), [30, 29, 28, 27]);
    assert.deepEqual(seqsOf(await store.messages({ ...page, from: 10, direction: 'forward' })), [10, 11, 12, 13]);
    assert.deepEqual(seqsOf(await store.messages({ ...page, to: 10, direction: 'backward' })), [10, 9, 8, 7]);
    assert.deepEqual(seqsOf(await store.messages({ ...page, from: 9, to: 10, direction: 'backward' })), [10, 9]);
    assert.deepEqual(seqsOf(await store.messages({ ...page, from: 9, to: 10, direction: 'forward' })), [9, 10]);
    assert.deepEqual(seqsOf(await store.messages({ ...page, from: 28, to: 99, direction: 'backward' })), [30, 29, 28]);
    assert.deepEqual(await store.messages({ ...page, from: 31, direction: 'forward' }), []);
    assert.deepEqual(await store.messages({ stream: freshStream(), limit: 4, direction: 'forward' }), []);
  });

  it('tells one thread from another and from the conversation around them', async () => {
    const { store } = opened();
    const { stream } = await filled(store, 10, threadOf);
    const page = { stream, limit: 100 };
    assert.deepEqual(seqsOf(await store.messages({ ...page, direction: 'forward' })), range(1, 10));
    assert.deepEqual(seqsOf(await store.messages({ ...page, thread: 2, direction: 'forward' })), [5, 8, 9]);
    assert.deepEqual(seqsOf(await store.messages({ ...page, thread: 2, direction: 'backward', limit: 2 })), [9, 8]);
    assert.deepEqual(seqsOf(await store.messages({ ...page, thread: 2, from: 6, to: 8, direction: 'forward' })), [8]);
    assert.deepEqual(seqsOf(await store.messages({ ...page, thread: 3, direction: 'backward' })), [7]);
    assert.deepEqual(await store.messages({ ...page, thread: 4, direction: 'forward' }), []);
    const outside = { ...page, thread: 'none' as const };
    assert.deepEqual(seqsOf(await store.messages({ ...outside, direction: 'forward' })), [1, 2, 3, 4, 6, 10]);
    assert.deepEqual(seqsOf(await store.messages({ ...outside, to: 9, limit: 2, direction: 'backward' })), [6, 4]);
  });

  it('fills a page from among many messages of other threads', async () => {
    const { store } = opened();
    const { stream } = await filled(store, 600, (seq) => (seq > 1 && seq % 100 !== 0 ? { thread: 1 } : {}));
    const page = { stream, limit: 5, thread: 'none' as const };
    assert.deepEqual(seqsOf(await store.messages({ ...page, direction: 'backward' })), [600, 500, 400, 300, 200]);
    assert.deepEqual(seqsOf(await store.messages({ ...page, direction: 'forward' })), [1, 100, 200, 300, 400]);
  });

  it('shows rows as the latest append left them, also old ones', async () => {
    const { store } = opened();
    const { stream, events } = await filled(store, 6, (seq) => (seq === 4 ? { thread: 2 } : {}));
    const [, second, , fourth] = events.map(rowOf);
    assert.ok(second !== undefined && fourth !== undefined);
    const edited = { ...second, text: 'better', editedAt: 5, reactions: [{ emoji: '👍', users: [second.actor] }] };
    const deleted = { ...fourth, text: '', deleted: true };
    await store.append({
      stream,
      expectedHead: 6,
      events: [
        { type: 'edited', seq: 7, at: 5, actor: second.actor, cid: newCid(), target: 2, text: 'better' },
        { type: 'deleted', seq: 8, at: 6, actor: fourth.actor, cid: newCid(), target: 4 },
      ],
      messages: [edited, deleted],
    });
    const all = await store.messages({ stream, limit: 100, direction: 'forward' });
    assert.deepEqual(seqsOf(all), range(1, 6), 'an edit is no message of its own');
    assert.deepEqual([all[1], all[3]], [edited, deleted]);
    assert.deepEqual(await store.messages({ stream, thread: 2, limit: 9, direction: 'backward' }), [deleted]);
    assert.deepEqual(await store.read(stream, 2, 2, 1), [events[1]], 'the log keeps what was said');
  });

  it('keeps the last of several states of a row that one append names once', async () => {
    const { store } = opened();
    const stream = freshStream();
    const event = posted(1);
    const row = { ...rowOf(event), text: 'edited in the same batch', editedAt: 9 };
    await store.append({
      stream,
      expectedHead: 0,
      events: [event, { type: 'edited', seq: 2, at: 9, actor: event.actor, cid: newCid(), target: 1, text: row.text }],
      messages: [row],
    });
    assert.deepEqual(await store.messagesAt(stream, [1]), [row]);
  });

  it('fetches rows by seq and leaves out those that are not there', async () => {
    const { store } = opened();
    const { stream, events } = await filled(store, 12);
    const found = await store.messagesAt(stream, [11, 99, 3, 7]);
    assert.deepEqual(
      found.toSorted((a, b) => a.seq - b.seq),
      [events[2], events[6], events[10]].flatMap((event) => (event === undefined ? [] : [rowOf(event)])),
    );
    assert.deepEqual(await store.messagesAt(stream, []), []);
    assert.deepEqual(await store.messagesAt(freshStream(), [1]), []);
  });
}
