import type { Cid, Message, StreamEvent, StreamId, UserId } from '@parley/protocol';
import type { Append, AppendResult, LoadedStream, StreamStore } from '../port.ts';
import { findCommand, noteCommands } from './commands.ts';
import { type Connection, numberOf, type Statement } from './connection.ts';
import { bucketOf, isFull, type Partitions, type Pending, partitionSize } from './partitions.ts';
import { carriedOut, rowInBatch } from './rows.ts';
import { readSnapshot, writeSnapshot } from './snapshots.ts';

/** The log part of the store. How an append is atomic: `docs/decisions/0012-cassandra-append.md`. */
export function streamOperations(
  connection: Connection,
  partitions: Partitions,
): Pick<StreamStore, 'append' | 'load' | 'head' | 'read' | 'findByCid'> {
  const read = async (stream: StreamId, from: number, to: number, limit: number): Promise<StreamEvent[]> => {
    const events: StreamEvent[] = [];
    let next = Math.max(1, from);
    if (to < next) return events;
    for (let bucket = await partitions.locate(stream, next); ; bucket++) {
      const rows = await connection.all(
        'SELECT event FROM entry WHERE stream = ? AND bucket = ? AND kind = 0 AND root = 0 AND seq >= ? AND seq <= ? LIMIT ?',
        stream,
        bucket,
        next,
        to,
        limit - events.length,
      );
      for (const row of rows) events.push(JSON.parse(String(row['event'])) as StreamEvent);
      next = (events.at(-1)?.seq ?? next - 1) + 1;
      if (next > to || events.length >= limit || !isFull(bucket, next - 1)) return events;
    }
  };

  const carryOut = async (stream: StreamId, { at, rows }: Pending): Promise<void> => {
    const located = await Promise.all(
      rows.map(async (row) => [await partitions.locate(stream, row.seq), row] as const),
    );
    await Promise.all(carriedOut(stream, at, located).map((writes) => connection.runTogether(writes)));
  };

  const head = async (stream: StreamId): Promise<number> => (await partitions.top(stream))?.head ?? 0;

  return {
    async append({ stream, expectedHead, events, messages, snapshot }: Append): Promise<AppendResult> {
      const last = events.at(-1);
      if (last === undefined || events.length > partitionSize)
        throw new RangeError(`an append takes 1 to ${partitionSize} events, not ${events.length}`);
      await noteCommands(connection, stream, events);
      const bucket = bucketOf(expectedHead + 1);
      const { here, elsewhere } = await sortRows(partitions, stream, bucket, expectedHead, messages);
      const threads = new Map(messages.map(({ seq, thread }) => [seq, thread ?? 0]));
      const pending = elsewhere.length === 0 ? undefined : { at: last.seq, rows: elsewhere };
      const write = (isOpening: boolean) =>
        connection.runIf(
          moveHead(stream, bucket, expectedHead, events, pending, isOpening),
          ...events.map((event) => eventRow(stream, bucket, event, threads.get(event.seq) ?? null)),
          ...here.map((message) => rowInBatch(stream, bucket, message)),
        );

      let isOpening = expectedHead === 0;
      let { isApplied, row } = await write(isOpening);
      if (!isApplied && numberOf(row['head']) === undefined && bucket > 0) {
        // Nothing is in this partition yet: it may be opened by whoever stands at the end of the one before.
        isOpening = (await partitions.statics(stream, bucket - 1, true))?.head === expectedHead;
        if (isOpening) ({ isApplied, row } = await write(true));
      }
      if (!isApplied) {
        const found = numberOf(row['head']);
        return { ok: false, head: found === undefined || isFull(bucket, found) ? await head(stream) : found };
      }
      if (pending !== undefined) await carryOut(stream, pending);
      // Both only save reads, and the events are stored: a failure here is no failure of the append.
      if (isOpening && bucket > 0) await partitions.noteNewest(stream, bucket).catch(() => undefined);
      if (snapshot !== undefined) await writeSnapshot(connection, stream, last.seq, snapshot).catch(() => undefined);
      return { ok: true };
    },

    async load(stream: StreamId): Promise<LoadedStream | undefined> {
      // First, so that it is never ahead of the head.
      const snapshot = await readSnapshot(connection, stream);
      const top = await partitions.top(stream, true);
      if (top === undefined) return undefined;
      if (top.pending !== undefined) await carryOut(stream, top.pending);
      const events = await read(stream, (snapshot?.seq ?? 0) + 1, top.head, top.head);
      return { head: top.head, events, ...(snapshot === undefined ? {} : { snapshot }) };
    },

    head,
    read,

    findByCid: (stream: StreamId, actor: UserId, cid: Cid) =>
      findCommand(connection, stream, actor, cid, async (seq) => (await read(stream, seq, seq, 1))[0]),
  };
}

/** Rows in the partition that is written to go into the batch; rows of older partitions have to be carried out after it. */
async function sortRows(
  partitions: Partitions,
  stream: StreamId,
  bucket: number,
  expectedHead: number,
  messages: readonly Message[],
): Promise<{ here: Message[]; elsewhere: Message[] }> {
  const here: Message[] = [];
  const elsewhere: Message[] = [];
  for (const message of messages) {
    const isHere =
      bucket === 0 || message.seq > expectedHead || (await partitions.locate(stream, message.seq)) === bucket;
    (isHere ? here : elsewhere).push(message);
  }
  return { here, elsewhere };
}

/** The condition of the batch, and what it says of the partition. */
function moveHead(
  stream: StreamId,
  bucket: number,
  expectedHead: number,
  events: readonly StreamEvent[],
  pending: Pending | undefined,
  isOpening: boolean,
): Statement {
  const head = expectedHead + events.length;
  return {
    query: `UPDATE entry SET head = ?${isOpening ? ', start = ?' : ''}${pending === undefined ? '' : ', pending = ?'} WHERE stream = ? AND bucket = ? IF head = ${isOpening ? 'null' : '?'}`,
    params: [
      head,
      ...(isOpening ? [expectedHead + 1] : []),
      ...(pending === undefined ? [] : [JSON.stringify(pending)]),
      stream,
      bucket,
      ...(isOpening ? [] : [expectedHead]),
    ],
  };
}

/** @param thread the root of the thread that the event's message is in; 0 outside threads, null without a message */
const eventRow = (stream: StreamId, bucket: number, event: StreamEvent, thread: number | null): Statement => ({
  query: 'INSERT INTO entry (stream, bucket, kind, root, seq, event, thread) VALUES (?, ?, 0, 0, ?, ?, ?)',
  params: [stream, bucket, event.seq, JSON.stringify(event), thread],
});
