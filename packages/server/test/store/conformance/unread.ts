import assert from 'node:assert/strict';
import { it } from 'node:test';
import { newCid } from '@parley/protocol';
import type { Opened } from './engine.ts';
import { ann, bob, filled, freshStream, rowOf } from './make.ts';

export function countsUnread(opened: () => Opened): void {
  it('counts what others said after a point, by thread or outside threads', async () => {
    const { store } = opened();
    const { stream } = await filled(store, 12, (seq) => ({
      actor: seq % 4 === 0 ? bob : ann,
      ...(seq > 6 ? { thread: seq % 2 === 0 ? 2 : 1 } : {}),
    }));
    const query = { stream, reader: bob, atMost: 100 };
    const count = async (after: number, thread: number | 'none') =>
      (await store.countUnread({ ...query, after, thread })).messages;
    assert.equal(await count(0, 'none'), 5, '1 2 3 5 6');
    assert.equal(await count(3, 'none'), 2, '5 6');
    assert.equal(await count(6, 'none'), 0);
    assert.equal(await count(0, 1), 3, '7 9 11');
    assert.equal(await count(9, 1), 1, '11');
    assert.equal(await count(0, 2), 1, '10; 8 and 12 are bob’s own');
    assert.equal(await count(0, 3), 0);
    assert.deepEqual(await store.countUnread({ ...query, stream: freshStream(), after: 0, thread: 'none' }), {
      messages: 0,
      mentions: 0,
    });
  });

  it('counts a mention of the reader and of everybody, each message once, and nobody’s own', async () => {
    const { store } = opened();
    const { stream } = await filled(store, 7, (seq) => {
      if (seq === 2) return { mentions: [bob] };
      if (seq === 3) return { mass: 'all' };
      if (seq === 4) return { mass: 'here', mentions: [ann, bob] };
      if (seq === 5) return { mentions: [ann] };
      if (seq === 6) return { actor: bob, mass: 'all' };
      if (seq === 7) return { thread: 1, mentions: [bob] };
      return {};
    });
    const query = { stream, after: 0, atMost: 100 };
    assert.deepEqual(await store.countUnread({ ...query, reader: bob, thread: 'none' }), { messages: 5, mentions: 3 });
    assert.deepEqual(await store.countUnread({ ...query, reader: bob, thread: 1 }), { messages: 1, mentions: 1 });
    assert.deepEqual(await store.countUnread({ ...query, reader: ann, thread: 'none' }), { messages: 1, mentions: 1 });
  });

  it('stops counting at the bound', async () => {
    const { store } = opened();
    const { stream } = await filled(store, 50, () => ({ mass: 'all' }));
    const query = { stream, reader: bob, thread: 'none' as const };
    assert.equal((await store.countUnread({ ...query, after: 0, atMost: 10 })).messages, 10);
    assert.equal((await store.countUnread({ ...query, after: 40, atMost: 10 })).messages, 10);
    assert.equal((await store.countUnread({ ...query, after: 41, atMost: 10 })).messages, 9);
    assert.ok((await store.countUnread({ ...query, after: 0, atMost: 10 })).mentions <= 10);
  });

  it('counts rows as they stand: not the deleted, and mentions an edit brought', async () => {
    const { store } = opened();
    const { stream, events } = await filled(store, 4);
    const [first, second, third] = events.map(rowOf);
    assert.ok(first !== undefined && second !== undefined && third !== undefined);
    const { actor } = first;
    await store.append({
      stream,
      expectedHead: 4,
      events: [
        { type: 'deleted', seq: 5, at: 5, actor, cid: newCid(), target: 1 },
        { type: 'edited', seq: 6, at: 6, actor, cid: newCid(), target: 2, text: 'bob!', mentions: [bob] },
        { type: 'edited', seq: 7, at: 7, actor, cid: newCid(), target: 3, text: '@all', mass: 'all' },
      ],
      messages: [
        { ...first, text: '', deleted: true },
        { ...second, mentions: [bob] },
        { ...third, mass: 'all' },
      ],
    });
    const query = { stream, reader: bob, thread: 'none' as const, atMost: 100 };
    assert.deepEqual(await store.countUnread({ ...query, after: 0 }), { messages: 3, mentions: 2 });
    assert.deepEqual(await store.countUnread({ ...query, after: 2 }), { messages: 2, mentions: 1 });
  });
}
