import type { Message, StreamId } from '@parley/protocol';
import type { MessageQuery, StreamStore, UnreadQuery } from '../port.ts';
import { type Connection, numberOf, type Row } from './connection.ts';
import type { Partitions, Top } from './partitions.ts';
import { type Mark, markIn, messageOf } from './rows.ts';

/** Rows looked at for each message that may be counted, at least `minLooked`: most of what is unread is others'. */
const lookedPerCounted = 20;
const minLooked = 2_000;

interface Slice {
  readonly stream: StreamId;
  readonly from: number;
  readonly to: number;
  readonly isForward: boolean;
}

/** Reads of message rows. Where a stream has older partitions, what the last append left for them is laid over what they say. */
export function messageOperations(
  connection: Connection,
  partitions: Partitions,
): Pick<StreamStore, 'messages' | 'messagesAt' | 'countUnread'> {
  const rowsOfThread = async function* (slice: Slice, root: number, columns: string): AsyncGenerator<Row> {
    const { stream, from, to, isForward } = slice;
    for await (const bucket of bucketsOf(slice)) {
      yield* connection.each(
        `SELECT seq, ${columns} FROM entry WHERE stream = ? AND bucket = ? AND kind = 1 AND root = ? AND seq >= ? AND seq <= ?
         ORDER BY kind ${isForward ? 'ASC' : 'DESC'}, root ${isForward ? 'ASC' : 'DESC'}, seq ${isForward ? 'ASC' : 'DESC'}`,
        stream,
        bucket,
        root,
        from,
        to,
      );
    }
  };

  const bucketsOf = async function* ({ stream, from, to, isForward }: Slice): AsyncGenerator<number> {
    const [first, last] = await Promise.all([partitions.locate(stream, from), partitions.locate(stream, to)]);
    for (let step = 0; step <= last - first; step++) yield isForward ? first + step : last - step;
  };

  /** The seqs and roots of messages in all threads, from the log. */
  const placesIn = async (slice: Slice, limit: number): Promise<{ seq: number; root: number }[]> => {
    const { stream, from, to, isForward } = slice;
    const order = isForward ? 'ASC' : 'DESC';
    const places: { seq: number; root: number }[] = [];
    for await (const bucket of bucketsOf(slice)) {
      const rows = connection.each(
        `SELECT seq, thread FROM entry WHERE stream = ? AND bucket = ? AND kind = 0 AND root = 0 AND seq >= ? AND seq <= ?
         ORDER BY kind ${order}, root ${order}, seq ${order}`,
        stream,
        bucket,
        from,
        to,
      );
      for await (const row of rows) {
        const root = numberOf(row['thread']);
        if (root !== undefined) places.push({ seq: numberOf(row['seq']) ?? 0, root });
        if (places.length >= limit) return places;
      }
    }
    return places;
  };

  const fetch = async (
    stream: StreamId,
    places: readonly { seq: number; root: number }[],
    overlay: ReadonlyMap<number, Message>,
  ): Promise<Message[]> => {
    const messages = await inTurns(places, async ({ seq, root }) => {
      const row = await connection.one(
        'SELECT row, changed FROM entry WHERE stream = ? AND bucket = ? AND kind = 1 AND root = ? AND seq = ?',
        stream,
        await partitions.locate(stream, seq),
        root,
        seq,
      );
      return overlay.get(seq) ?? (row === undefined ? undefined : messageOf(row));
    });
    return messages.filter((message) => message !== undefined);
  };

  return {
    async messages({ stream, from = 1, to, limit, direction, thread }: MessageQuery): Promise<Message[]> {
      const top = await partitions.top(stream);
      if (top === undefined || limit <= 0) return [];
      const root = thread === 'none' ? 0 : thread;
      const slice = {
        stream,
        from: Math.max(1, from, root ?? 0),
        to: Math.min(to ?? top.head, top.head),
        isForward: direction === 'forward',
      };
      if (slice.from > slice.to) return [];
      const overlay = overlayOf(top);
      if (root === undefined) return fetch(stream, await placesIn(slice, limit), overlay);
      const messages: Message[] = [];
      for await (const row of rowsOfThread(slice, root, 'row, changed')) {
        messages.push(overlay.get(numberOf(row['seq']) ?? 0) ?? messageOf(row));
        if (messages.length >= limit) break;
      }
      return messages;
    },

    async messagesAt(stream: StreamId, seqs: readonly number[]): Promise<Message[]> {
      const top = seqs.length === 0 ? undefined : await partitions.top(stream);
      if (top === undefined) return [];
      const places = await inTurns(
        seqs.filter((seq) => seq >= 1 && seq <= top.head),
        async (seq) => {
          const row = await connection.one(
            'SELECT thread FROM entry WHERE stream = ? AND bucket = ? AND kind = 0 AND root = 0 AND seq = ?',
            stream,
            await partitions.locate(stream, seq),
            seq,
          );
          const root = numberOf(row?.['thread']);
          return root === undefined ? undefined : { seq, root };
        },
      );
      return fetch(
        stream,
        places.filter((place) => place !== undefined),
        overlayOf(top),
      );
    },

    async countUnread({ stream, after, reader, thread, atMost }: UnreadQuery) {
      const counts = { messages: 0, mentions: 0 };
      const top = await partitions.top(stream);
      if (top === undefined || after >= top.head) return counts;
      const overlay: ReadonlyMap<number, Mark> = overlayOf(top);
      const slice = { stream, from: after + 1, to: top.head, isForward: true };
      let looked = 0;
      for await (const row of rowsOfThread(slice, thread === 'none' ? 0 : thread, 'mark, changed_mark')) {
        if (counts.messages >= atMost || ++looked > Math.max(minLooked, atMost * lookedPerCounted)) break;
        const mark = overlay.get(numberOf(row['seq']) ?? 0) ?? markIn(row);
        if (mark.deleted === true || mark.actor === reader) continue;
        counts.messages++;
        if (mark.mass !== undefined || mark.mentions?.includes(reader) === true) counts.mentions++;
      }
      return counts;
    },
  };
}

const overlayOf = ({ pending }: Top): ReadonlyMap<number, Message> =>
  new Map((pending?.rows ?? []).map((row) => [row.seq, row]));

/** Reads on their way at once for one caller: enough to hide the way there and back, too few to crowd out others. */
const atOnce = 64;

/** One result for each item, in order. */
export async function inTurns<Item, Result>(
  items: readonly Item[],
  work: (item: Item) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = [];
  for (let index = 0; index < items.length; index += atOnce) {
    results.push(...(await Promise.all(items.slice(index, index + atOnce).map(work))));
  }
  return results;
}
