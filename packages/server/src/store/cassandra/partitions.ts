import type { Message, StreamId } from '@parley/protocol';
import { type Connection, numberOf, type Row, textOf } from './connection.ts';

/**
 * Events a partition takes: about 10 MB of chat, a tenth of what Cassandra likes. An append lies wholly in the partition
 * that its first event belongs to, so a partition may end some events late and the next begin as many late.
 */
export const partitionSize = 10_000;
/** Streams whose place is remembered. */
const maxRemembered = 50_000;

/** The partition an append goes to, and where an event is or, at its beginning, just before. */
export const bucketOf = (seq: number): number => Math.floor((seq - 1) / partitionSize);
export const isFull = (bucket: number, head: number): boolean => head >= (bucket + 1) * partitionSize;

/** What the last append that changed rows of older partitions left to be carried out, as it stands beside its events. */
export interface Pending {
  /** The head after that append. */
  readonly at: number;
  readonly rows: readonly Message[];
}

/** The partition a stream is written to now. */
export interface Top {
  readonly bucket: number;
  /** The stream's head. */
  readonly head: number;
  readonly pending: Pending | undefined;
}

interface Statics {
  readonly head: number;
  readonly start: number;
  readonly newest: number;
  readonly pending: Pending | undefined;
}

/** Finds the partitions of streams. Remembers only what never changes, or what may be too low without harm. */
export class Partitions {
  readonly #connection: Connection;
  /** A partition that the stream has reached. */
  readonly #reached = new Map<string, number>();
  /** The first event of a partition. */
  readonly #starts = new Map<string, number>();

  constructor(connection: Connection) {
    this.#connection = connection;
  }

  /**
   * Where the stream stands. The walk begins at a partition known to exist and ends at one that is not full or has no
   * successor, so a hint that lags costs reads, not truth.
   * @param isSettled brings conditional writes under way to their end first
   */
  async top(stream: StreamId, isSettled = false): Promise<Top | undefined> {
    let bucket = this.#reached.get(stream) ?? 0;
    let found = await this.statics(stream, bucket, isSettled);
    if (found !== undefined && found.newest > bucket) {
      bucket = found.newest;
      found = await this.statics(stream, bucket, isSettled);
    }
    while (found !== undefined && isFull(bucket, found.head)) {
      const next = await this.statics(stream, bucket + 1, isSettled);
      if (next === undefined) break;
      found = next;
      bucket++;
    }
    if (found === undefined) return undefined;
    this.reached(stream, bucket);
    return { bucket, head: found.head, pending: found.pending };
  }

  /** The partition that has the event, and the row of its message. */
  async locate(stream: StreamId, seq: number): Promise<number> {
    const bucket = Math.max(0, bucketOf(seq));
    if (bucket === 0) return 0;
    const key = `${stream}/${bucket}`;
    const start = this.#starts.get(key) ?? (await this.statics(stream, bucket, false))?.start;
    if (start === undefined) return bucket - 1;
    remember(this.#starts, key, start);
    return seq >= start ? bucket : bucket - 1;
  }

  async statics(stream: StreamId, bucket: number, isSettled: boolean): Promise<Statics | undefined> {
    const query =
      'SELECT DISTINCT stream, bucket, head, start, newest, pending FROM entry WHERE stream = ? AND bucket = ?';
    const row: Row | undefined = await (isSettled
      ? this.#connection.settled(query, stream, bucket)
      : this.#connection.one(query, stream, bucket));
    const head = numberOf(row?.['head']);
    if (row === undefined || head === undefined) return undefined;
    const pending = textOf(row['pending']);
    return {
      head,
      start: numberOf(row['start']) ?? 1,
      newest: numberOf(row['newest']) ?? 0,
      pending: pending === undefined ? undefined : (JSON.parse(pending) as Pending),
    };
  }

  /** Notes in the stream's first partition how far it has come. The highest wins, whoever writes last. */
  async noteNewest(stream: StreamId, bucket: number): Promise<void> {
    this.reached(stream, bucket);
    const query = 'UPDATE entry USING TIMESTAMP ? SET newest = ? WHERE stream = ? AND bucket = 0';
    await this.#connection.run(query, bucket, bucket, stream);
  }

  reached(stream: StreamId, bucket: number): void {
    if (bucket > 0) remember(this.#reached, stream, bucket);
  }
}

function remember(known: Map<string, number>, key: string, value: number): void {
  known.delete(key);
  known.set(key, value);
  const [oldest] = known.keys();
  if (known.size > maxRemembered && oldest !== undefined) known.delete(oldest);
}
