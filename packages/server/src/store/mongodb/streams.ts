import type { Cid, Message, StreamEvent, StreamId, UserId } from '@parley/protocol';
import type { Append, AppendResult, LoadedStream, StreamStore } from '../port.ts';
import { type Batch, batchOf, type Chain, documentOf, keyOf, seqOf } from './chain.ts';
import { ask, type BatchDocument, type Collections, type MessageDocument, versioned } from './connection.ts';
import { Inserts } from './inserts.ts';
import { readSnapshot, writeSnapshot } from './snapshots.ts';

/** The log part of the store. How an append is atomic: `docs/decisions/0013-mongodb-append.md`. */
export function streamOperations(
  collections: Collections,
  chain: Chain,
): Pick<StreamStore, 'append' | 'load' | 'head' | 'read' | 'findByCid'> & {
  /** Resolves when everything that was appended from here is carried out, or the server has not answered for a while. */
  readonly settle: () => Promise<void>;
} {
  const batches = new Inserts(collections.batch, weightOfBatch);
  const messages = new Inserts(collections.message, ({ row }) => row.length + frameWeight);
  const commands = new Inserts(collections.command, () => frameWeight);
  /** By stream: its last batch being carried out. */
  const underWay = new Map<StreamId, Promise<void>>();

  /** What follows from a batch: rows and the index of commands. May be done again, and late, without harm. */
  const carryOut = async (batch: Batch): Promise<void> => {
    const { stream, after, to, events, rows } = batch;
    const older = rows.filter(({ seq }) => seq <= after);
    await Promise.all([
      commands.addMissing(events.map(({ actor, cid, seq }) => ({ _id: commandKey(stream, actor, cid), stream, seq }))),
      messages.addMissing(rows.filter(({ seq }) => seq > after).map((row) => messageDocument(stream, to, row))),
      older.length === 0
        ? undefined
        : ask(() =>
            collections.message.bulkWrite(
              older.map((row) => ({
                updateOne: {
                  filter: { _id: keyOf(stream, row.seq) },
                  update: { $max: { row: versioned(to, JSON.stringify(row)) } },
                },
              })),
              { ordered: false },
            ),
          ),
    ]);
    await chain.noteCarriedOut(batch);
  };

  /**
   * The batch is stored: what follows from it need not be waited for, but by the next append to its stream. What is not
   * carried out then, that one carries out again.
   */
  const carryOutSoon = (batch: Batch): Promise<void> => {
    const { stream } = batch;
    const carrying = carryOut(batch)
      .catch(() => undefined)
      .finally(() => {
        if (underWay.get(stream) === carrying) underWay.delete(stream);
      });
    underWay.set(stream, carrying);
    return carrying;
  };

  const head = async (stream: StreamId): Promise<number> => (await chain.last(stream))?.to ?? 0;

  /**
   * The batches with events `first … last`, in order. Where one begins or ends at a bound, as nearly always, it is
   * remembered or found by its key, and the range between them has both its ends.
   */
  async function* batchesOf(stream: StreamId, first: number, last: number): AsyncGenerator<Batch> {
    let former = chain.remembered(stream, first) ?? (await chain.get(stream, first - 1));
    if (former !== undefined) yield former;
    const after = former?.to ?? first - 1;
    if (after >= last) return;
    const cursor = collections.batch.find({ stream, to: { $gt: after, $lte: last } }).sort({ to: 1 });
    try {
      for (;;) {
        const document = await ask(() => cursor.next());
        if (document === null) break;
        former = batchOf(document);
        yield former;
      }
    } finally {
      await ask(() => cursor.close());
    }
    if (former?.to === last) return;
    const beyond =
      former === undefined
        ? await ask(() => collections.batch.findOne({ stream, to: { $gt: last } }, { sort: { to: 1 } }))
        : await chain.get(stream, former.to);
    if (beyond !== null && beyond !== undefined) yield 'after' in beyond ? beyond : batchOf(beyond);
  }

  const read = async (stream: StreamId, from: number, to: number, limit: number): Promise<StreamEvent[]> => {
    const first = Math.max(1, from);
    const last = Math.min(to, first + limit - 1);
    const events: StreamEvent[] = [];
    if (last < first) return events;
    for await (const batch of batchesOf(stream, first, last)) {
      for (const event of batch.events) if (event.seq >= first && event.seq <= last) events.push(event);
    }
    return events;
  };

  return {
    async append({ stream, expectedHead, events, messages: rows, snapshot }: Append): Promise<AppendResult> {
      const batch = { stream, after: expectedHead, to: expectedHead + events.length, events, rows };
      await underWay.get(stream);
      if (!(await chain.endsAt(stream, expectedHead))) return { ok: false, head: await head(stream) };
      if (expectedHead === 0) await chain.begin(stream);
      else if (!chain.isCarriedOut(stream, expectedHead)) {
        // Its writer may have died after the batch and before what follows from it.
        const former = await chain.last(stream);
        if (former?.to !== expectedHead) return { ok: false, head: former?.to ?? 0 };
        await carryOut(former);
      }
      if (!(await batches.add(documentOf(batch)))) return { ok: false, head: await head(stream) };
      chain.noteStored(batch);
      const carrying = carryOutSoon(batch);
      if (snapshot !== undefined) {
        await carrying;
        // It only saves reads, and the events are stored: a failure here is no failure of the append.
        await writeSnapshot(collections, stream, batch.to, snapshot).catch(() => undefined);
      }
      return { ok: true };
    },

    async load(stream: StreamId): Promise<LoadedStream | undefined> {
      // First, so that it is never ahead of the head.
      const snapshot = await readSnapshot(collections, stream);
      const last = await chain.last(stream, true);
      if (last === undefined) return undefined;
      await carryOut(last);
      const events = await read(stream, (snapshot?.seq ?? 0) + 1, last.to, last.to);
      return { head: last.to, events, ...(snapshot === undefined ? {} : { snapshot }) };
    },

    async settle() {
      const late = new Promise((resolve) => setTimeout(resolve, settleWithinMs).unref());
      await Promise.race([Promise.all(underWay.values()), late]);
    },

    head,
    read,

    async findByCid(stream: StreamId, actor: UserId, cid: Cid): Promise<number | undefined> {
      // What this process has loaded or written is carried out, and so in the index. Of a stream that it does not know,
      // the last batch may not be: it is asked first.
      await underWay.get(stream);
      if (!chain.isLevel(stream)) {
        const inLast = seqOf(await chain.last(stream), actor, cid);
        if (inLast !== undefined) return inLast;
      }
      return (await ask(() => collections.command.findOne({ _id: commandKey(stream, actor, cid) })))?.seq;
    },
  };
}

/** What is not carried out by then, whoever appends next carries out: a server that is away must not keep a node from ending. */
const settleWithinMs = 1_000;

/** Ids and names of fields, in UTF-16 units. */
const frameWeight = 300;
const weightOfBatch = ({ events, rows }: BatchDocument): number =>
  [...events, ...rows].reduce((sum, text) => sum + text.length, frameWeight);

const commandKey = (stream: StreamId, actor: UserId, cid: Cid): string => `${stream}/${actor}/${cid}`;

const messageDocument = (stream: StreamId, version: number, row: Message): MessageDocument => ({
  _id: keyOf(stream, row.seq),
  stream,
  seq: row.seq,
  thread: row.thread ?? 0,
  row: versioned(version, JSON.stringify(row)),
});
