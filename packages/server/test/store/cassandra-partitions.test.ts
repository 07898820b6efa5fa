import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type ConversationId, type Message, newCid, ParleyError, type StreamEvent } from '@parley/protocol';
import { silentLog } from '../../src/log.ts';
import { type CassandraAddress, cassandraAddress } from '../../src/store/cassandra/address.ts';
import { Connection, connect } from '../../src/store/cassandra/connection.ts';
import { openCassandraStore } from '../../src/store/cassandra/index.ts';
import { Partitions } from '../../src/store/cassandra/partitions.ts';
import { carriedOut } from '../../src/store/cassandra/rows.ts';
import { streamOperations } from '../../src/store/cassandra/streams.ts';
import type { MovableStore } from '../../src/store/port.ts';
import { engineForTest } from '../engines.ts';
import { ann, appendOf, bob, freshStream, range, rowOf, seqsOf } from './conformance/make.ts';
import { dropCassandra } from './drop.ts';

const { url, skip } = engineForTest('cassandra');

/** A writer that dies between the conditional batch and what has to be carried out in older partitions. */
class DyingConnection extends Connection {
  isDying = false;
  override async runTogether(...args: Parameters<Connection['runTogether']>): Promise<void> {
    if (this.isDying && args[0].some(({ query }) => query.includes('changed'))) throw new ParleyError('unavailable');
    await super.runTogether(...args);
  }
}

const reacted = (seq: number, target: number, emoji = '🦊'): StreamEvent => ({
  type: 'reacted',
  seq,
  at: 5,
  actor: bob,
  cid: newCid(),
  target,
  emoji,
  on: true,
});
const withReaction = (row: Message, emoji = '🦊'): Message => ({ ...row, reactions: [{ emoji, users: [bob] }] });

describe('a stream of several Cassandra partitions', { skip }, () => {
  const keyspace = `partitions_${process.pid}`;
  const { host } = new URL(skip === false ? url : 'cassandra://127.0.0.1:9042');
  const address: CassandraAddress = cassandraAddress(`cassandra://${host}/${keyspace}`);
  let store: MovableStore;
  let other: MovableStore;
  let dying: DyingConnection;
  before(async () => {
    store = await openCassandraStore(`cassandra://${host}/${keyspace}`, { log: silentLog });
    other = await openCassandraStore(`cassandra://${host}/${keyspace}`, { log: silentLog });
    const { client } = await connect(address);
    await client.execute(`USE ${keyspace}`);
    dying = new DyingConnection(client, address);
  });
  after(async () => {
    for (const each of [store, other, dying]) await each.close();
    await dropCassandra(host, keyspace);
  });

  /** Ends at 10,005: the last append began in the first partition, so all of it is there, and that partition is full. */
  async function crossing(): Promise<{ stream: ConversationId; rows: Map<number, Message> }> {
    const stream = freshStream();
    const rows = new Map<number, Message>();
    for (const [from, to] of [
      ...range(0, 8).map((k) => [k * 1_000 + 1, k * 1_000 + 1_000]),
      [9_001, 9_995],
      [9_996, 10_005],
    ]) {
      const append = appendOf(stream, from ?? 0, to ?? 0, (seq) => (seq === 9_999 ? { thread: 3 } : {}));
      assert.deepEqual(await store.append(append), { ok: true });
      for (const row of append.events.map(rowOf)) rows.set(row.seq, row);
    }
    return { stream, rows };
  }
  const row = (rows: Map<number, Message>, seq: number): Message => rows.get(seq) ?? assert.fail(`no row ${seq}`);

  it('takes an append over the boundary whole, and lets one of two open the next partition', async () => {
    const { stream } = await crossing();
    assert.equal(await other.head(stream), 10_005);
    assert.deepEqual(await store.append(appendOf(stream, 25_001, 25_001)), { ok: false, head: 10_005 });
    assert.deepEqual(await store.append(appendOf(stream, 10_001, 10_001)), { ok: false, head: 10_005 });
    const rivals = [appendOf(stream, 10_006, 10_008), appendOf(stream, 10_006, 10_009)];
    const results = await Promise.all(rivals.map((rival, index) => (index === 0 ? store : other).append(rival)));
    assert.equal(results.filter(({ ok }) => ok).length, 1, JSON.stringify(results));
    const winner = rivals[results[0]?.ok === true ? 0 : 1];
    const head = winner?.events.at(-1)?.seq ?? 0;
    assert.deepEqual(
      results.find(({ ok }) => !ok),
      { ok: false, head },
    );
    for (const node of [store, other]) {
      assert.equal(await node.head(stream), head);
      assert.deepEqual(seqsOf(await node.read(stream, 9_990, 20_000, 100)), range(9_990, head));
      const page = { stream, limit: 12, thread: 'none' as const };
      assert.deepEqual(
        seqsOf(await node.messages({ ...page, from: 9_997, direction: 'forward' })),
        [9_997, 9_998, ...range(10_000, head)].slice(0, 12),
      );
      assert.deepEqual(
        seqsOf(await node.messages({ ...page, direction: 'backward', to: 10_006 })),
        [...range(9_996, 9_998), ...range(10_000, 10_006)].toReversed().concat(9_995, 9_994),
      );
      assert.deepEqual(
        new Set(seqsOf(await node.messagesAt(stream, [10_003, 10_006, 4]))),
        new Set([4, 10_003, 10_006]),
      );
      assert.deepEqual(
        (await node.countUnread({ stream, after: 9_999, reader: bob, thread: 'none', atMost: 99 })).messages,
        head - 9_999,
      );
    }
    const event = winner?.events[1];
    assert.equal(await other.findByCid(stream, ann, event?.cid ?? newCid()), 10_007);
    assert.deepEqual(seqsOf((await other.load(stream))?.events ?? []), range(1, head));
  });

  it('changes rows in older partitions and over the boundary, the newest state winning', async () => {
    const { stream, rows } = await crossing();
    await store.append(appendOf(stream, 10_006, 10_006));
    const first = [5, 10_003, 9_999].map((seq) => withReaction(row(rows, seq)));
    await store.append({
      stream,
      expectedHead: 10_006,
      events: [reacted(10_007, 5), reacted(10_008, 10_003), reacted(10_009, 9_999)],
      messages: first,
    });
    const second = withReaction(row(rows, 5), '🐢');
    await other.append({ stream, expectedHead: 10_009, events: [reacted(10_010, 5, '🐢')], messages: [second] });
    assert.deepEqual(await store.messagesAt(stream, [5, 10_003]), [second, first[1]]);
    assert.deepEqual(await other.messages({ stream, thread: 3, limit: 9, direction: 'backward' }), [first[2]]);
    // A writer that was paused for long carries out what it had stored: it changes nothing any more.
    const late = carriedOut(stream, 10_009, [[0, first[0] ?? second]]);
    for (const writes of late) await dying.runTogether(writes);
    assert.deepEqual(await store.messagesAt(stream, [5]), [second]);
  });

  it('shows what a writer stored that died before carrying it out, and keeps it', async () => {
    const { stream, rows } = await crossing();
    await store.append(appendOf(stream, 10_006, 10_006));
    const writer = streamOperations(dying, new Partitions(dying));
    const gone = { ...row(rows, 9_998), text: '', deleted: true };
    dying.isDying = true;
    await assert.rejects(
      writer.append({
        stream,
        expectedHead: 10_006,
        events: [{ type: 'deleted', seq: 10_007, at: 5, actor: ann, cid: newCid(), target: 9_998 }],
        messages: [gone],
      }),
      { code: 'unavailable' },
    );
    dying.isDying = false;
    const unread = () => store.countUnread({ stream, after: 9_996, reader: bob, thread: 'none', atMost: 99 });
    assert.equal(await store.head(stream), 10_007, 'it is stored');
    assert.deepEqual(await store.messagesAt(stream, [9_998]), [gone]);
    assert.deepEqual((await store.messages({ stream, from: 9_998, limit: 1, direction: 'forward' }))[0], gone);
    assert.equal((await unread()).messages, 8, '9,997 and 10,000 to 10,006');

    assert.equal((await other.load(stream))?.head, 10_007);
    const later = withReaction(row(rows, 7));
    await other.append({ stream, expectedHead: 10_007, events: [reacted(10_008, 7)], messages: [later] });
    assert.deepEqual(await store.messagesAt(stream, [9_998, 7]), [gone, later]);
    assert.equal((await unread()).messages, 8);
  });
});
