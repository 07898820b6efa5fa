import type { Cid, Message, StreamEvent, StreamId, UserId } from '@parley/protocol';
import { add, ask, type BatchDocument, type Collections } from './connection.ts';

/** Streams whose last batch is remembered; batches that weigh more than `maxWeight` are fetched again. */
const maxRemembered = 20_000;
const maxWeight = 50_000;
/** The hint in the database follows at least every so many events: that many reads at most find the end from there. */
const eventsPerHint = 32;

/** A batch as it is read. Batches never change, so one may be remembered for ever. */
export interface Batch {
  readonly stream: StreamId;
  /** The head that it follows. */
  readonly after: number;
  readonly to: number;
  readonly events: readonly StreamEvent[];
  readonly rows: readonly Message[];
}

interface Known {
  readonly after: number;
  readonly to: number;
  readonly batch: Batch | undefined;
  /** Whether this process has seen to it that everything of the batch is carried out. */
  readonly isCarriedOut: boolean;
}

export const keyOf = (stream: StreamId, after: number): string => `${stream}/${after}`;

export const documentOf = ({ stream, after, to, events, rows }: Batch): BatchDocument => ({
  _id: keyOf(stream, after),
  stream,
  to,
  events: events.map((event) => JSON.stringify(event)),
  rows: rows.map((row) => JSON.stringify(row)),
});

export const batchOf = (document: BatchDocument): Batch => ({
  stream: document.stream as StreamId,
  after: document.to - document.events.length,
  to: document.to,
  events: document.events.map((event) => JSON.parse(event) as StreamEvent),
  rows: document.rows.map((row) => JSON.parse(row) as Message),
});

export const seqOf = (batch: Batch | undefined, actor: UserId, cid: Cid): number | undefined =>
  batch?.events.find((event) => event.actor === actor && event.cid === cid)?.seq;

/**
 * Batches of a stream form a chain: each is found under the head it follows, so the end is where nothing follows. The
 * way there begins at a batch known to exist, remembered or noted in the database; how old that is costs reads, not truth.
 */
export class Chain {
  readonly #collections: Collections;
  readonly #known = new Map<StreamId, Known>();

  constructor(collections: Collections) {
    this.#collections = collections;
  }

  /**
   * The last batch; `undefined` for a stream without events.
   * @param isSettled reads what no election can take back, and nothing older than the call
   */
  async last(stream: StreamId, isSettled = false): Promise<Batch | undefined> {
    const known = this.#known.get(stream);
    let found = known?.batch;
    if (found === undefined) {
      const start = known?.after ?? (await this.#hint(stream));
      found = start === undefined ? undefined : await this.get(stream, start, isSettled);
      if (found === undefined) return undefined;
    }
    for (let steps = 0; ; steps++) {
      const next: Batch | undefined = await this.get(stream, found.to, isSettled);
      if (next === undefined) break;
      // Where one follows there may be many: a node that looks at a stream now and then leaps to their end.
      found = steps === 0 ? next : ((await this.#newestAfter(stream, next.to)) ?? next);
    }
    // What this process wrote meanwhile it knows better.
    const since = this.#known.get(stream);
    if (since === undefined || since.to <= found.to)
      this.#remember(found, since?.to === found.to && since.isCarriedOut);
    return found;
  }

  async get(stream: StreamId, after: number, isSettled = false): Promise<Batch | undefined> {
    const options = isSettled ? { readConcern: { level: 'linearizable' as const } } : {};
    const document = await ask(() => this.#collections.batch.findOne({ _id: keyOf(stream, after) }, options));
    return document === null ? undefined : batchOf(document);
  }

  /** The batch that an event is in, where this process remembers it. */
  remembered(stream: StreamId, seq: number): Batch | undefined {
    const batch = this.#known.get(stream)?.batch;
    return batch !== undefined && batch.after < seq && seq <= batch.to ? batch : undefined;
  }

  /** Whether a batch of the stream ends at this head. */
  async endsAt(stream: StreamId, head: number): Promise<boolean> {
    if (head === 0 || this.#known.get(stream)?.to === head) return true;
    return (await this.last(stream))?.to === head;
  }

  isCarriedOut(stream: StreamId, head: number): boolean {
    const known = this.#known.get(stream);
    return head === 0 || (known?.to === head && known.isCarriedOut);
  }

  /** Whether everything up to the last batch that this process knows of is carried out. */
  isLevel(stream: StreamId): boolean {
    return this.#known.get(stream)?.isCarriedOut === true;
  }

  noteStored(batch: Batch): void {
    const known = this.#known.get(batch.stream);
    if (known === undefined || known.to < batch.to) this.#remember(batch, false);
  }

  async noteCarriedOut(batch: Batch): Promise<void> {
    const known = this.#known.get(batch.stream);
    if (known === undefined || known.to <= batch.to) this.#remember(batch, true);
    if (Math.floor(batch.to / eventsPerHint) === Math.floor(batch.after / eventsPerHint)) return;
    // Only a hint: where it fails, the next one does.
    const hint = { $max: { after: batch.after } };
    await ask(() => this.#collections.stream.updateOne({ _id: batch.stream }, hint)).catch(() => undefined);
  }

  /** Streams are listed before they begin, so that none is ever missing from the list. */
  async begin(stream: StreamId): Promise<void> {
    await add(this.#collections.stream, { _id: stream, after: 0 });
  }

  async #newestAfter(stream: StreamId, to: number): Promise<Batch | undefined> {
    const document = await ask(() =>
      this.#collections.batch.findOne({ stream, to: { $gt: to } }, { sort: { to: -1 } }),
    );
    return document === null ? undefined : batchOf(document);
  }

  async #hint(stream: StreamId): Promise<number | undefined> {
    return (await ask(() => this.#collections.stream.findOne({ _id: stream })))?.after;
  }

  #remember(batch: Batch, isCarriedOut: boolean): void {
    const { stream, after, to } = batch;
    const weight = batch.rows.reduce((sum, { text }) => sum + text.length + 300, 0);
    this.#known.delete(stream);
    this.#known.set(stream, { after, to, batch: weight > maxWeight ? undefined : batch, isCarriedOut });
    const [oldest] = this.#known.keys();
    if (this.#known.size > maxRemembered && oldest !== undefined) this.#known.delete(oldest);
  }
}
