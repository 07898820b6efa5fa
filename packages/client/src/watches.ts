import {
  type Head,
  limits,
  ParleyError,
  type ServerFrame,
  type StreamEvent,
  type StreamId,
  type UserId,
  type WatchLevel,
} from '@parley/protocol';
import type { ClientEvents, WatchOptions } from './api.ts';
import type { Connection } from './connection.ts';
import type { Emitter } from './emitter.ts';
import { StreamOrder } from './order.ts';
import type { Platform } from './platform.ts';
import type { Safeguards } from './safeguards.ts';

/** A hole that is not filled by then is asked for again. */
const repairTimeoutMs = 5_000;

interface Watched {
  level: WatchLevel;
  /** Absent until the server has said where events begin. */
  order: StreamOrder | undefined;
  isRepairing: boolean;
  /** The frame that asked for it last: what an earlier one is answered, of another level or another start, is not for it. */
  askedIn: number | undefined;
  /** The newest head told, where only heads are watched. */
  head: number;
}

/** What this client watches: told again on each new connection, repaired where something is missing. */
export class Watches {
  readonly #connection: Connection;
  readonly #emitter: Emitter<ClientEvents>;
  readonly #platform: Platform;
  readonly #safeguards: Safeguards;
  readonly #streams = new Map<StreamId, Watched>();
  #faces: readonly UserId[] = [];
  #isTellingFaces = false;
  /** Watches asked for in one tick travel in one frame. */
  readonly #due = new Set<StreamId>();
  /** What each frame that is not answered yet asked for. */
  readonly #asked = new Map<number, readonly StreamId[]>();
  #lastId = 0;

  constructor(connection: Connection, emitter: Emitter<ClientEvents>, platform: Platform, safeguards: Safeguards) {
    this.#connection = connection;
    this.#emitter = emitter;
    this.#platform = platform;
    this.#safeguards = safeguards;
  }

  watch(stream: StreamId, { level = 'full', after }: WatchOptions): void {
    const order = after === undefined ? undefined : new StreamOrder(after);
    this.#streams.set(stream, { level, order, isRepairing: false, askedIn: undefined, head: -1 });
    this.#ask(stream);
  }

  unwatch(stream: StreamId): void {
    if (!this.#streams.delete(stream)) return;
    this.#due.delete(stream);
    this.#connection.send({ t: 'unwatch', streams: [stream] });
  }

  /** The last seq delivered of a stream. */
  lastSeq(stream: StreamId): number | undefined {
    return this.#streams.get(stream)?.order?.last;
  }

  setFaces(users: readonly UserId[]): void {
    this.#faces = users.slice(0, limits.maxStreamsPerWatch);
    this.#tellFaces();
  }

  #tellFaces(): void {
    this.#connection.send({ t: 'faces', users: [...this.#faces] });
  }

  /** A frame without a number was refused. Only that of the faces is worth telling again. */
  refused(error: ParleyError): void {
    if (error.code !== 'rate-limited' || this.#isTellingFaces) return;
    this.#isTellingFaces = true;
    this.#platform.after(error.retryAfterMs ?? 1_000, () => {
      this.#isTellingFaces = false;
      this.#tellFaces();
    });
  }

  /** On a new connection the server knows of nothing. */
  reconnected(): void {
    this.#asked.clear();
    for (const [stream, watched] of this.#streams) {
      watched.isRepairing = false;
      this.#ask(stream);
    }
    if (this.#faces.length > 0) this.#tellFaces();
  }

  watched({ id, streams }: Extract<ServerFrame, { t: 'watched' }>): void {
    this.#asked.delete(id);
    for (const { stream, after, head, error } of streams) {
      const watched = this.#streams.get(stream);
      if (watched === undefined || watched.askedIn !== id) continue;
      if (error !== undefined) {
        this.#refused([stream], ParleyError.fromWire(error));
        continue;
      }
      watched.isRepairing = false;
      if (after !== undefined) {
        if (watched.order === undefined) watched.order = new StreamOrder(after);
        else watched.order.skipTo(after);
      }
      if (head !== undefined) this.#newHead(watched, head);
    }
  }

  /** A whole frame of watches was refused, as when the rate limit is reached. */
  failed(id: number, error: ParleyError): void {
    const streams = (this.#asked.get(id) ?? []).filter((stream) => this.#streams.get(stream)?.askedIn === id);
    this.#asked.delete(id);
    this.#refused(streams, error);
  }

  events(stream: StreamId, events: readonly StreamEvent[]): void {
    const watched = this.#streams.get(stream);
    if (watched === undefined || watched.level !== 'full') return;
    const [first] = events;
    watched.order ??= new StreamOrder((first?.seq ?? 1) - 1);
    const { deliver, isMissing } = this.#safeguards.checksOrder
      ? watched.order.accept(events)
      : watched.order.believe(events);
    for (const event of deliver) this.#emitter.emit('event', { stream, event });
    if (isMissing) this.#repair(stream, watched);
  }

  heads(heads: readonly Head[]): void {
    for (const head of heads) {
      const watched = this.#streams.get(head.stream);
      if (watched !== undefined) this.#newHead(watched, head);
    }
  }

  reset(stream: StreamId, head: number): void {
    const watched = this.#streams.get(stream);
    if (watched === undefined) return;
    const after = watched.order?.last ?? head;
    watched.order = new StreamOrder(head);
    this.#emitter.emit('reset', { stream, after, head });
  }

  ended(stream: StreamId, error: ParleyError): void {
    if (!this.#streams.delete(stream)) return;
    this.#emitter.emit('ended', { stream, error });
  }

  /** Heads only grow; an older one comes from a node that is behind the one before. */
  #newHead(watched: Watched, head: Head): void {
    if (watched.level !== 'head' || head.head <= watched.head) return;
    watched.head = head.head;
    this.#emitter.emit('head', head);
  }

  #refused(streams: readonly StreamId[], error: ParleyError): void {
    if (!error.retryable) {
      for (const stream of streams) this.ended(stream, error);
      return;
    }
    this.#platform.after(error.retryAfterMs ?? 1_000, () => {
      for (const stream of streams) if (this.#streams.has(stream)) this.#ask(stream);
    });
  }

  #repair(stream: StreamId, watched: Watched): void {
    if (watched.isRepairing) return;
    watched.isRepairing = true;
    this.#ask(stream);
    this.#platform.after(repairTimeoutMs, () => {
      if (!watched.isRepairing) return;
      watched.isRepairing = false;
      if (this.#streams.get(stream) === watched) this.#ask(stream);
    });
  }

  #ask(stream: StreamId): void {
    if (this.#due.size === 0) queueMicrotask(() => this.#flush());
    this.#due.add(stream);
  }

  #flush(): void {
    const wanted = [...this.#due].flatMap((stream) => {
      const watched = this.#streams.get(stream);
      if (watched === undefined) return [];
      const after = watched.order?.last;
      return [{ stream, level: watched.level, ...(after === undefined ? {} : { after }) }];
    });
    this.#due.clear();
    for (let from = 0; from < wanted.length; from += limits.maxStreamsPerWatch) {
      const streams = wanted.slice(from, from + limits.maxStreamsPerWatch);
      const id = ++this.#lastId;
      if (!this.#connection.send({ t: 'watch', id, streams })) continue;
      this.#asked.set(
        id,
        streams.map(({ stream }) => stream),
      );
      for (const { stream } of streams) {
        const watched = this.#streams.get(stream);
        if (watched !== undefined) watched.askedIn = id;
      }
    }
  }
}
