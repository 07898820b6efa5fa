import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type Message, newCid, type StreamId } from '@parley/protocol';
import { silentLog } from '../../src/log.ts';
import { type Batch, Chain, documentOf, keyOf } from '../../src/store/mongodb/chain.ts';
import { add, type Collections, collectionsOf, connect } from '../../src/store/mongodb/connection.ts';
import { openMongodbStore } from '../../src/store/mongodb/index.ts';
import { streamOperations } from '../../src/store/mongodb/streams.ts';
import type { MovableStore } from '../../src/store/port.ts';
import { engineForTest } from '../engines.ts';
import { until } from '../until.ts';
import { ann, appendOf, bob, filled, rowOf, seqsOf } from './conformance/make.ts';
import { dropMongodb } from './drop.ts';

const { url, skip } = engineForTest('mongodb');

describe('a stream’s chain of batches in MongoDB', { skip }, () => {
  const database = `chain_${process.pid}`;
  const { host } = new URL(skip === false ? url : 'mongodb://127.0.0.1:27017');
  let store: MovableStore;
  let other: MovableStore;
  let collections: Collections;
  let end: () => Promise<void>;
  before(async () => {
    store = await openMongodbStore(`mongodb://${host}/${database}`, { log: silentLog });
    other = await openMongodbStore(`mongodb://${host}/${database}`, { log: silentLog });
    const { client, db } = await connect(`mongodb://${host}/${database}`);
    collections = collectionsOf(db);
    end = () => client.close();
  });
  after(async () => {
    await store.close();
    await other.close();
    await end();
    await dropMongodb(host, database);
  });

  /** What a writer leaves that dies right after its batch is stored: a post, and a reaction to message 2. */
  async function leftBehind(stream: StreamId, head: number, changed: Message): Promise<Batch> {
    // It went on, as every writer does, from what was carried out.
    for (const collection of ['message', 'command'] as const)
      await until(`each ${collection} follows its batch`, async () => {
        return (await collections[collection].countDocuments({ stream })) === head;
      });
    const { events } = appendOf(stream, head + 1, head + 1);
    const [post] = events;
    assert.ok(post !== undefined);
    const reaction = {
      type: 'reacted',
      seq: head + 2,
      at: 5,
      actor: bob,
      cid: newCid(),
      target: 2,
      emoji: '🦊',
      on: true,
    } as const;
    const batch = { stream, after: head, to: head + 2, events: [post, reaction], rows: [rowOf(post), changed] };
    assert.equal(await add(collections.batch, documentOf(batch)), true);
    return batch;
  }

  it('shows all of a batch whose writer died before carrying it out, and keeps it when others go on', async () => {
    const { stream, events } = await filled(store, 5);
    const [, second] = events.map(rowOf);
    assert.ok(second !== undefined);
    const changed = { ...second, reactions: [{ emoji: '🦊', users: [bob] }] };
    const batch = await leftBehind(stream, 5, changed);
    const [post, reaction] = batch.events;
    assert.ok(post !== undefined && reaction !== undefined);
    const agree = async (node: MovableStore, head: number): Promise<void> => {
      assert.equal(await node.head(stream), head, 'and whoever asks for the head has heard of the batch');
      assert.equal(await node.findByCid(stream, ann, post.cid), 6);
      assert.equal(await node.findByCid(stream, bob, reaction.cid), 7);
      assert.deepEqual(await node.messagesAt(stream, [2]), [changed]);
      const page = { stream, limit: 3, direction: 'backward' as const, thread: 'none' as const };
      assert.deepEqual(seqsOf(await node.messages({ ...page, to: 6 })), [6, 5, 4]);
      assert.equal(
        (await node.countUnread({ stream, after: 4, reader: bob, thread: 'none', atMost: 9 })).messages,
        head === 7 ? 2 : 3,
      );
    };
    for (const node of [store, other]) await agree(node, 7);
    assert.equal(await collections.message.findOne({ _id: keyOf(stream, 6) }), null, 'nothing of it is carried out');
    // A writer that only asked for the head goes on from it.
    assert.deepEqual(await other.append(appendOf(stream, 8, 8)), { ok: true });
    for (const node of [store, other]) await agree(node, 8);
  });

  it('is found to its end in a few reads, however much others added since one last looked', async () => {
    const { stream } = await filled(store, 1);
    let reads = 0;
    const counted = new Proxy(collections.batch, {
      get(target, name) {
        if (name === 'findOne') reads++;
        const member: unknown = Reflect.get(target, name, target);
        return typeof member === 'function' ? (member.bind(target) as unknown) : member;
      },
    });
    const chain = new Chain({ ...collections, batch: counted });
    assert.equal((await chain.last(stream))?.to, 1);
    for (let seq = 2; seq <= 40; seq++) assert.deepEqual(await other.append(appendOf(stream, seq, seq)), { ok: true });
    reads = 0;
    assert.equal((await chain.last(stream))?.to, 40);
    assert.ok(reads <= 4, `${reads} reads for 39 batches`);
    assert.equal((await chain.last(stream, true))?.to, 40);
  });

  it('is not set back by a writer that carries out late what it stored', async () => {
    const { stream, events } = await filled(store, 5);
    const [, second] = events.map(rowOf);
    assert.ok(second !== undefined);
    const batch = await leftBehind(stream, 5, { ...second, text: 'older' });
    assert.equal((await other.load(stream))?.head, 7);
    const newer = { ...second, text: 'newer' };
    const edited = { type: 'edited', seq: 8, at: 5, actor: ann, cid: newCid(), target: 2, text: 'newer' } as const;
    await other.append({ stream, expectedHead: 7, events: [edited], messages: [newer] });
    // The paused writer wakes: a process of its own, that knows the end of its own batch only.
    const paused = streamOperations(
      collections,
      new Chain({ ...collections, batch: stoppedAt(collections.batch, batch) }),
    );
    await paused.load(stream);
    assert.deepEqual(await store.messagesAt(stream, [2]), [newer]);
    assert.deepEqual(await other.messagesAt(stream, [2]), [newer]);
  });
});

/** The collection of batches as it was when `last` was the newest of its stream. */
function stoppedAt(batches: Collections['batch'], last: Batch): Collections['batch'] {
  return new Proxy(batches, {
    get(target, name) {
      if (name !== 'findOne') return Reflect.get(target, name, target) as unknown;
      return ({ _id }: { _id: string }, options: object) =>
        _id === keyOf(last.stream, last.to) ? Promise.resolve(null) : target.findOne({ _id }, options);
    },
  });
}
