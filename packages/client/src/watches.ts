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

/** A hole that is not filled by then is asked for again. */
const repairTimeoutMs = 5_000;

interface Watched {
  level: WatchLevel;
  /** Absent until the server has said where events begin. */
  order: StreamOrder | undefined;
  isRepairing: boolean;
}

/** What this client watches: told again on each new connection, repaired where something is missing. */
export class Watches {
  readonly #connection: Connection;
  readonly #emitter: Emitter<ClientEvents>;
  readonly #streams = new Map<StreamId, Watched>();
  #faces: readonly UserId[] = [];
  /** Watches asked for in one tick travel in one frame. */
  readonly #due = new Set<StreamId>();
  #lastId = 0;

  constructor(connection: Connection, emitter: Emitter<ClientEvents>) {
    this.#connection = connection;
    this.#emitter = emitter;
  }

  watch(stream: StreamId, { level = 'full', after }: WatchOptions): void {
    const order = after === undefined ? undefined : new StreamOrder(after);
    this.#streams.set(stream, { level, order, isRepairing: false });
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
    this.#connection.send({ t: 'faces', users: [...this.#faces] });
  }

  /** On a new connection the server knows of nothing. */
  reconnected(): void {
    for (const [stream, watched] of this.#streams) {
      watched.isRepairing = false;
      this.#ask(stream);
    }
    if (this.#faces.length > 0) this.#connection.send({ t: 'faces', users: [...this.#faces] });
  }

  watched({ streams }: Extract<ServerFrame, { t: 'watched' }>): void {
    for (const { stream, after, head, error } of streams) {
      const watched = this.#streams.get(stream);
      if (watched === undefined) continue;
      if (error !== undefined) {
        this.#refused(stream, ParleyError.fromWire(error));
        continue;
      }
      watched.isRepairing = false;
      if (after !== undefined) {
        if (watched.order === undefined) watched.order = new StreamOrder(after);
        else watched.order.skipTo(after);
      }
      if (head !== undefined && watched.level === 'head') this.#emitter.emit('head', head);
    }
  }

  events(stream: StreamId, events: readonly StreamEvent[]): void {
    const watched = this.#streams.get(stream);
    if (watched === undefined || watched.level !== 'full') return;
    const [first] = events;
    watched.order ??= new StreamOrder((first?.seq ?? 1) - 1);
    const { deliver, isMissing } = watched.order.accept(events);
    for (const event of deliver) this.#emitter.emit('event', { stream, event });
    if (isMissing) this.#repair(stream, watched);
  }

  heads(heads: readonly Head[]): void {
    for (const head of heads) {
      if (this.#streams.get(head.stream)?.level === 'head') this.#emitter.emit('head', head);
    }
  }

  reset(stream: StreamId, head: number): void {
    const watched = this.#streams.get(stream);
    if (watched === undefined) return;
    watched.order = new StreamOrder(head);
    this.#emitter.emit('reset', { stream, head });
  }

  ended(stream: StreamId, error: ParleyError): void {
    if (!this.#streams.delete(stream)) return;
    this.#emitter.emit('ended', { stream, error });
  }

  #refused(stream: StreamId, error: ParleyError): void {
    if (!error.retryable) {
      this.ended(stream, error);
      return;
    }
    setTimeout(() => {
      if (this.#streams.has(stream)) this.#ask(stream);
    }, error.retryAfterMs ?? 1_000);
  }

  #repair(stream: StreamId, watched: Watched): void {
    if (watched.isRepairing) return;
    watched.isRepairing = true;
    this.#ask(stream);
    setTimeout(() => {
      if (!watched.isRepairing) return;
      watched.isRepairing = false;
      if (this.#streams.get(stream) === watched) this.#ask(stream);
    }, repairTimeoutMs);
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
      this.#connection.send({ t: 'watch', id: ++this.#lastId, streams });
    }
  }
}
