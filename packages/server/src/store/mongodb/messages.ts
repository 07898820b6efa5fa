import type { Message, StreamId } from '@parley/protocol';
import type { MessageQuery, StreamStore, UnreadQuery } from '../port.ts';
import { type Batch, type Chain, keyOf } from './chain.ts';
import { ask, type Collections, type MessageDocument, valueOf } from './connection.ts';

/** Rows looked at for each message that may be counted, at least `minLooked`: most of what is unread is others'. */
const lookedPerCounted = 20;
const minLooked = 2_000;

/** A page is first sought among so many seqs for each of its rows: there it nearly always is, whatever the server does to sort. */
const seqsPerRow = 4;
const minSeqs = 200;

/**
 * Reads of message rows. The last batch is read first and laid over what the rows say, since its writer may not have
 * carried it out yet, or never will; all batches before it were.
 */
export function messageOperations(
  { message }: Collections,
  chain: Chain,
): Pick<StreamStore, 'messages' | 'messagesAt' | 'countUnread'> {
  const rowsIn = (
    { stream, limit, direction }: MessageQuery,
    root: number | undefined,
    from: number,
    to: number,
  ): Promise<MessageDocument[]> =>
    ask(() =>
      message
        .find({ stream, ...(root === undefined ? {} : { thread: root }), seq: { $gte: from, $lte: to } })
        .sort({ seq: direction === 'forward' ? 1 : -1 })
        .limit(limit)
        .toArray(),
    );

  /** Rows of a range from its one end on; replies are sparse, so a thread is sought in all of it at once. */
  const page = async (query: MessageQuery, root: number | undefined, from: number, to: number) => {
    const seqs = Math.max(minSeqs, query.limit * seqsPerRow);
    if (to - from < seqs || (root !== undefined && root !== 0)) return rowsIn(query, root, from, to);
    const isForward = query.direction === 'forward';
    const split = isForward ? from + seqs : to - seqs;
    const near = await rowsIn(query, root, isForward ? from : split, isForward ? split : to);
    if (near.length >= query.limit) return near;
    const rest = { ...query, limit: query.limit - near.length };
    return [...near, ...(await rowsIn(rest, root, isForward ? split + 1 : from, isForward ? to : split - 1))];
  };

  return {
    async messages(query: MessageQuery): Promise<Message[]> {
      const { stream, from = 1, to, limit, direction, thread } = query;
      const last = await chain.last(stream);
      if (last === undefined || limit <= 0) return [];
      const root = thread === 'none' ? 0 : thread;
      const upTo = Math.min(to ?? last.to, last.to);
      const sign = direction === 'forward' ? 1 : -1;
      const documents = await page(query, root, from, upTo);
      const rows = new Map(documents.map((document) => [document.seq, messageOf(document)]));
      for (const row of laidOver(last, root)) if (row.seq >= from && row.seq <= upTo) rows.set(row.seq, row);
      return [...rows.values()].toSorted((a, b) => sign * (a.seq - b.seq)).slice(0, limit);
    },

    async messagesAt(stream: StreamId, seqs: readonly number[]): Promise<Message[]> {
      const last = seqs.length === 0 ? undefined : await chain.last(stream);
      if (last === undefined) return [];
      const keys = seqs.map((seq) => keyOf(stream, seq));
      const documents = await ask(() => message.find({ _id: { $in: keys } }).toArray());
      const rows = new Map(documents.map((document) => [document.seq, messageOf(document)]));
      for (const row of last.rows) if (seqs.includes(row.seq)) rows.set(row.seq, row);
      return [...rows.values()];
    },

    async countUnread({ stream, after, reader, thread, atMost }: UnreadQuery) {
      const counts = { messages: 0, mentions: 0 };
      const last = await chain.last(stream);
      if (last === undefined || after >= last.to) return counts;
      const root = thread === 'none' ? 0 : thread;
      const over = new Map(laidOver(last, root).map((row) => [row.seq, row]));
      const count = (row: Message): void => {
        if (row.seq <= after || row.deleted === true || row.actor === reader || counts.messages >= atMost) return;
        counts.messages++;
        if (row.mass !== undefined || row.mentions?.includes(reader) === true) counts.mentions++;
      };
      const cursor = message
        .find({ stream, thread: root, seq: { $gt: after } })
        .sort({ seq: 1 })
        .limit(Math.max(minLooked, atMost * lookedPerCounted));
      try {
        while (counts.messages < atMost) {
          const document = await ask(() => cursor.next());
          if (document === null) break;
          count(over.get(document.seq) ?? messageOf(document));
          over.delete(document.seq);
        }
      } finally {
        await ask(() => cursor.close());
      }
      for (const row of over.values()) if (row.seq > last.after) count(row);
      return counts;
    },
  };
}

const messageOf = ({ row }: MessageDocument): Message => JSON.parse(valueOf(row)) as Message;

/** @param root only rows of that thread; 0: outside threads; absent: all */
const laidOver = ({ rows }: Batch, root: number | undefined): readonly Message[] =>
  root === undefined ? rows : rows.filter(({ thread }) => (thread ?? 0) === root);
