import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { newCid, type StreamEvent, type StreamId } from '@parley/protocol';
import type { Opened } from './engine.ts';
import { ann, appendOf, bob, filled, freshStream, range, seqsOf } from './make.ts';

export function readsTheLog(opened: () => Opened): void {
  it('has nothing of a stream without events', async () => {
    const { store } = opened();
    const stream = freshStream();
    assert.equal(await store.load(stream), undefined);
    assert.equal(await store.head(stream), 0);
    assert.deepEqual(await store.read(stream, 1, 10, 10), []);
    assert.equal(await store.findByCid(stream, ann, newCid()), undefined);
  });

  it('reads a range, both ends included, and no more than the limit', async () => {
    const { store } = opened();
    const { stream, events } = await filled(store, 20);
    assert.deepEqual(await store.read(stream, 5, 8, 100), events.slice(4, 8));
    assert.deepEqual(seqsOf(await store.read(stream, 5, 20, 3)), [5, 6, 7]);
    assert.deepEqual(seqsOf(await store.read(stream, 19, 1_000_000, 10)), [19, 20]);
    assert.deepEqual(await store.read(stream, 21, 30, 10), []);
    assert.deepEqual(await store.read(stream, 8, 7, 10), []);
  });

  it('loads every event while there is no snapshot, and with one the newest and what came after it', async () => {
    const { store } = opened();
    const { stream, events } = await filled(store, 3);
    assert.deepEqual(await store.load(stream), { head: 3, events });
    await store.append({ ...appendOf(stream, 4, 6), snapshot: 'at 6' });
    assert.deepEqual(await store.load(stream), { head: 6, events: [], snapshot: { seq: 6, state: 'at 6' } });
    const more = appendOf(stream, 7, 8);
    await store.append(more);
    assert.deepEqual(await store.load(stream), {
      head: 8,
      events: more.events,
      snapshot: { seq: 6, state: 'at 6' },
    });
    await store.append({ ...appendOf(stream, 9, 9), snapshot: 'at 9' });
    assert.deepEqual(await store.load(stream), { head: 9, events: [], snapshot: { seq: 9, state: 'at 9' } });
  });

  it('finds a command by actor and cid together, in its own stream only', async () => {
    const { store } = opened();
    const cid = newCid();
    const { stream } = await filled(store, 2, (seq) => ({ cid, actor: seq === 1 ? ann : bob }));
    const elsewhere = await filled(store, 1);
    assert.equal(await store.findByCid(stream, ann, cid), 1);
    assert.equal(await store.findByCid(stream, bob, cid), 2);
    assert.equal(await store.findByCid(elsewhere.stream, ann, cid), undefined);
  });

  describe('in a stream of 12,000 events, appended a thousand at a time', () => {
    let stream: StreamId;
    const events: StreamEvent[] = [];
    before(async () => {
      const { store } = opened();
      stream = freshStream();
      for (let from = 1; from < 12_000; from += 1_000) {
        const append = appendOf(stream, from, from + 999);
        assert.deepEqual(await store.append(append), { ok: true });
        events.push(...append.events);
      }
    });

    it('reads pages in order over every boundary', async () => {
      const { store } = opened();
      assert.deepEqual(await store.read(stream, 9_990, 10_010, 100), events.slice(9_989, 10_010));
      assert.deepEqual(seqsOf(await store.read(stream, 1, 12_000, 12_000)), range(1, 12_000));
      const backward = await store.messages({ stream, to: 10_005, limit: 10, direction: 'backward' });
      assert.deepEqual(seqsOf(backward), range(9_996, 10_005).toReversed());
      const forward = await store.messages({ stream, from: 9_998, limit: 5, direction: 'forward' });
      assert.deepEqual(seqsOf(forward), range(9_998, 10_002));
    });

    it('finds a command however old', async () => {
      const { store } = opened();
      for (const event of [events[0], events[9_999], events[10_000], events[11_999]]) {
        assert.ok(event !== undefined);
        assert.equal(await store.findByCid(stream, event.actor, event.cid), event.seq);
      }
    });

    it('counts over every boundary, and stops at the bound', async () => {
      const { store } = opened();
      const query = { stream, reader: bob, thread: 'none' as const };
      assert.equal((await store.countUnread({ ...query, after: 9_950, atMost: 1_000 })).messages, 1_000);
      assert.equal((await store.countUnread({ ...query, after: 9_950, atMost: 5_000 })).messages, 2_050);
    });

    it('loads all of it where no snapshot was written', async () => {
      const loaded = await opened().other.load(stream);
      assert.equal(loaded?.head, 12_000);
      assert.deepEqual(seqsOf(loaded.events), range(1, 12_000));
    });
  });
}
