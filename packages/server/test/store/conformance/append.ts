import assert from 'node:assert/strict';
import { it } from 'node:test';
import type { StreamEvent } from '@parley/protocol';
import type { Opened } from './engine.ts';
import { ann, appendOf, bob, cidsOf, freshStream, posted, range, rowOf, seqsOf } from './make.ts';

export function appendsByCompareAndSet(opened: () => Opened): void {
  it('keeps a new stream and what follows, each event as it was', async () => {
    const { store } = opened();
    const stream = freshStream();
    const first = appendOf(stream, 1, 3);
    const second = appendOf(stream, 4, 5);
    assert.deepEqual(await store.append(first), { ok: true });
    assert.deepEqual(await store.append(second), { ok: true });
    assert.equal(await store.head(stream), 5);
    assert.deepEqual(await store.read(stream, 1, 5, 10), [...first.events, ...second.events]);
  });

  it('refuses a writer whose head is not the stream’s, and says what the head is', async () => {
    const { store } = opened();
    const stream = freshStream();
    assert.deepEqual(await store.append(appendOf(stream, 6, 7)), { ok: false, head: 0 });
    await store.append(appendOf(stream, 1, 3));
    assert.deepEqual(await store.append(appendOf(stream, 1, 3)), { ok: false, head: 3 });
    assert.deepEqual(await store.append(appendOf(stream, 3, 3)), { ok: false, head: 3 });
    assert.deepEqual(await store.append(appendOf(stream, 5, 5)), { ok: false, head: 3 });
    assert.equal(await store.head(stream), 3);
  });

  it('lets exactly one of two racing writers in, and nothing of the other: no event, row, snapshot or cid', async () => {
    const { store, other } = opened();
    for (let round = 0; round < 10; round++) {
      const stream = freshStream();
      await store.append(appendOf(stream, 1, 2));
      const rivals = [ann, bob].map((actor, index) => ({
        ...appendOf(stream, 3, 4 + index, () => ({ actor, text: `by writer ${index}` })),
        snapshot: `snapshot of writer ${index}`,
      }));
      const results = await Promise.all(rivals.map((rival, index) => (index === 0 ? store : other).append(rival)));
      assert.equal(results.filter(({ ok }) => ok).length, 1, JSON.stringify(results));
      const winner = rivals[results[0]?.ok === true ? 0 : 1];
      const loser = rivals[results[0]?.ok === true ? 1 : 0];
      assert.ok(winner !== undefined && loser !== undefined);
      const head = winner.events.at(-1)?.seq;
      assert.deepEqual(
        results.find(({ ok }) => !ok),
        { ok: false, head },
      );
      assert.deepEqual(await store.load(stream), { head, events: [], snapshot: { seq: head, state: winner.snapshot } });
      assert.deepEqual(await store.read(stream, 3, 9, 9), winner.events);
      assert.deepEqual(
        await store.messages({ stream, from: 3, limit: 9, direction: 'forward' }),
        winner.events.map(rowOf),
      );
      for (const { actor, cid } of loser.events) assert.equal(await store.findByCid(stream, actor, cid), undefined);
    }
  });

  it('makes one dense log of what many racing writers append, losing nothing that was taken', async () => {
    const { store, other } = opened();
    const stream = freshStream();
    const taken = await Promise.all(
      range(1, 6).map(async (writer) => {
        const node = writer % 2 === 0 ? store : other;
        const own: StreamEvent[] = [];
        while (own.length < 10) {
          const head = await node.head(stream);
          const event = posted(head + 1, { text: `writer ${writer}` });
          const result = await node.append({ stream, expectedHead: head, events: [event], messages: [rowOf(event)] });
          if (result.ok) own.push(event);
        }
        return own;
      }),
    );
    const log = await store.read(stream, 1, 100, 100);
    assert.deepEqual(seqsOf(log), range(1, 60));
    assert.deepEqual(cidsOf(log).toSorted(), cidsOf(taken.flat()).toSorted());
  });

  it('shows an append to every node as soon as it resolved', async () => {
    const { store, other } = opened();
    const stream = freshStream();
    for (const seq of range(1, 20)) {
      const append = appendOf(stream, seq, seq);
      const [event] = append.events;
      assert.ok(event !== undefined);
      await store.append(append);
      assert.equal((await other.load(stream))?.head, seq);
      assert.equal(await other.head(stream), seq);
      assert.equal(await other.findByCid(stream, event.actor, event.cid), seq);
      assert.deepEqual(await other.read(stream, seq, seq, 1), [event]);
    }
  });

  it('goes on after its connection is cut, with every append either wholly there or not at all', async (t) => {
    const { store, other, engine } = opened();
    if (engine.cutConnection === undefined) {
      t.skip('nothing to cut');
      return;
    }
    const stream = freshStream();
    const answered: StreamEvent[] = [];
    let head = 0;
    for (const round of range(1, 60)) {
      if (round === 20) void engine.cutConnection();
      const append = appendOf(stream, head + 1, head + 3);
      // A rejection leaves the outcome unknown: only a reload tells.
      const result = await store.append(append).catch(() => undefined);
      if (result?.ok === true) answered.push(...append.events);
      head = (await other.load(stream))?.head ?? 0;
    }
    const log = await other.read(stream, 1, 1_000, 1_000);
    assert.deepEqual(seqsOf(log), range(1, head));
    const stored = new Set(cidsOf(log));
    assert.deepEqual(
      cidsOf(answered).filter((cid) => !stored.has(cid)),
      [],
    );
    assert.equal((await other.messages({ stream, limit: 1_000, direction: 'forward' })).length, head);
    assert.ok(answered.length >= 60, `only ${answered.length} of 180 events were taken`);
  });
}
