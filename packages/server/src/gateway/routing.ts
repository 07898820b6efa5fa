import type { StreamId } from '@parley/protocol';
import { partitionOf } from '../broker/port.ts';
import type { Clock } from '../clock.ts';
import type { InboxItem, InboxMessage, LogEntry } from '../envelope.ts';
import type { Log } from '../log.ts';
import type { Publisher } from './publisher.ts';
import type { Requests } from './requests.ts';

/** A watch that is not confirmed by then is told again: the owner may have changed meanwhile. */
const confirmTimeoutMs = 3_000;
/** Owners remembered for a partition: today's and the one it took over from. */
const maxOwners = 2;

interface Watched {
  users: number;
  isConfirmed: boolean;
  /** The last telling that names it. A confirmation of an earlier one may be of a watch that was ended in between. */
  tell: number;
  waiting: (() => void)[];
}

interface PartitionView {
  readonly streams: Map<StreamId, Watched>;
  /** The last number heard from each owner. */
  readonly owners: Map<string, number>;
  /** When a watch was last told and has not been confirmed. */
  unconfirmedSince: number | undefined;
  isCompleteDue: boolean;
  /** The last telling of everything, and the last request that went into the log before it. */
  toldComplete: { readonly tell: number; readonly lastRef: number } | undefined;
}

/**
 * Which streams this node wants to hear of, told to their owners through the log; and whether it hears everything: a
 * missing number in an owner's messages means news was lost, and the streams of that partition are looked at again.
 * What an owner has confirmed after a change or a loss also says which answers will never come.
 */
export class Routing {
  readonly #node: string;
  readonly #count: number;
  readonly #publisher: Publisher;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #partitions = new Map<number, PartitionView>();
  /** News of these streams may have been lost: compare with the store. */
  readonly #onDoubt: (streams: readonly StreamId[]) => void;
  readonly #checksNumbers: boolean;
  readonly #requests: Pick<Requests, 'lastRef' | 'askAgain'>;
  /** Partitions whose news was lost since the last sweep: most often many at once, which is one thing to tell. */
  readonly #lost = new Set<number>();
  #lastTell = 0;

  constructor(options: {
    node: string;
    partitions: number;
    publisher: Publisher;
    clock: Clock;
    log: Log;
    onDoubt: (streams: readonly StreamId[]) => void;
    checksNumbers: boolean;
    requests: Pick<Requests, 'lastRef' | 'askAgain'>;
  }) {
    this.#node = options.node;
    this.#count = options.partitions;
    this.#publisher = options.publisher;
    this.#clock = options.clock;
    this.#log = options.log;
    this.#onDoubt = options.onDoubt;
    this.#checksNumbers = options.checksNumbers;
    this.#requests = options.requests;
  }

  /** Starts watching; resolves when the owner has confirmed that everything stored from now on will be heard. */
  watch(stream: StreamId): Promise<void> {
    const number = partitionOf(stream, this.#count);
    const view = this.#view(number);
    let watched = view.streams.get(stream);
    if (watched === undefined) {
      const tell = ++this.#lastTell;
      watched = { users: 0, isConfirmed: false, tell, waiting: [] };
      view.streams.set(stream, watched);
      this.#tell(number, { type: 'watch', node: this.#node, streams: [stream], complete: false, tell });
    }
    watched.users++;
    if (watched.isConfirmed) return Promise.resolve();
    const { waiting } = watched;
    return new Promise((resolve) => waiting.push(resolve));
  }

  unwatch(stream: StreamId): void {
    const number = partitionOf(stream, this.#count);
    const view = this.#view(number);
    const watched = view.streams.get(stream);
    if (watched === undefined || --watched.users > 0) return;
    view.streams.delete(stream);
    for (const resolve of watched.waiting) resolve();
    this.#tell(number, { type: 'unwatch', node: this.#node, streams: [stream] });
  }

  /** Checks a message's number and takes what concerns watching out of it. Call after its answers have been given. */
  received(message: Extract<InboxMessage, { type: 'news' }>): void {
    const { owner, partition, number, items } = message;
    const view = this.#view(partition);
    const last = view.owners.get(owner);
    const isBeat = items.length === 0;
    const isExpected = isBeat ? number === (last ?? 0) : number === (last ?? 0) + 1;
    this.#remember(view, owner, Math.max(number, last ?? 0));
    if (this.#checksNumbers && !isExpected && (last === undefined || number > last)) {
      // The first word of an owner that has spoken to this node before its time: nothing is wrong.
      if (last !== undefined) this.#lost.add(partition);
      this.#tellComplete(partition);
    }
    for (const item of items) {
      if (item.type === 'announce') this.#tellComplete(partition);
      else if (item.type === 'watching') {
        this.#confirmed(view, item);
        this.#askAgain(partition, view, item.tell);
      }
    }
  }

  /** Called about once a second: tells again what has not been confirmed, and the log what was lost. */
  sweep(): void {
    if (this.#lost.size > 0) {
      this.#log.info({ partitions: [...this.#lost] }, 'news was lost; looking at the streams again');
      this.#lost.clear();
    }
    const now = this.#clock.elapsed();
    for (const [number, view] of this.#partitions) {
      if (view.unconfirmedSince !== undefined && now - view.unconfirmedSince > confirmTimeoutMs)
        this.#tellComplete(number);
    }
  }

  #confirmed(view: PartitionView, { streams, complete, tell }: Extract<InboxItem, { type: 'watching' }>): void {
    // The owner has come to this telling again, from a point where it may not have known of it: what it sent since then
    // went elsewhere.
    const again: StreamId[] = [];
    for (const stream of streams) {
      const watched = view.streams.get(stream);
      if (watched === undefined || tell < watched.tell) continue;
      if (watched.isConfirmed) again.push(stream);
      watched.isConfirmed = true;
      for (const resolve of watched.waiting.splice(0)) resolve();
    }
    let allConfirmed = true;
    for (const watched of view.streams.values()) allConfirmed &&= watched.isConfirmed;
    if (allConfirmed) view.unconfirmedSince = undefined;
    const doubtful = complete ? streams : again;
    if (doubtful.length > 0) this.#onDoubt(doubtful);
  }

  /**
   * The log is read in order: whoever has come to the telling has handled all requests before it, and what has no answer by
   * now was answered by an owner that is gone, or in a message that was lost.
   */
  #askAgain(number: number, view: PartitionView, tell: number): void {
    if (view.toldComplete === undefined || tell < view.toldComplete.tell) return;
    const { lastRef } = view.toldComplete;
    view.toldComplete = undefined;
    const count = this.#requests.askAgain(number, lastRef);
    if (count > 0) this.#log.info({ partition: number, count }, 'answers were lost; asking again');
  }

  #tellComplete(number: number): void {
    const view = this.#view(number);
    if (view.isCompleteDue) return;
    view.isCompleteDue = true;
    // One answer for all announcements and gaps of a moment.
    queueMicrotask(() => {
      view.isCompleteDue = false;
      const tell = ++this.#lastTell;
      for (const watched of view.streams.values()) {
        watched.isConfirmed = false;
        watched.tell = tell;
      }
      const streams = [...view.streams.keys()];
      view.toldComplete = { tell, lastRef: this.#requests.lastRef };
      this.#tell(number, { type: 'watch', node: this.#node, streams, complete: true, tell });
    });
  }

  #tell(number: number, entry: LogEntry): void {
    const view = this.#view(number);
    if (entry.type === 'watch' && entry.streams.length > 0) view.unconfirmedSince = this.#clock.elapsed();
    this.#publisher.publish(number, entry).catch((error: unknown) => {
      view.unconfirmedSince = this.#clock.elapsed();
      this.#log.warn(
        { partition: number, error: String(error) },
        'could not tell what this node watches; will try again',
      );
    });
  }

  #remember(view: PartitionView, owner: string, number: number): void {
    view.owners.delete(owner);
    view.owners.set(owner, number);
    const [oldest] = view.owners.keys();
    if (view.owners.size > maxOwners && oldest !== undefined) view.owners.delete(oldest);
  }

  #view(number: number): PartitionView {
    let view = this.#partitions.get(number);
    if (view === undefined) {
      view = {
        streams: new Map(),
        owners: new Map(),
        unconfirmedSince: undefined,
        isCompleteDue: false,
        toldComplete: undefined,
      };
      this.#partitions.set(number, view);
    }
    return view;
  }
}
