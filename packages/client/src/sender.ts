import { type Cid, type ClientCommand, newCid, ParleyError, type ServerFrame, type StreamId } from '@parley/protocol';
import type { Ack, ClientEvents, PendingSend, SendOptions } from './api.ts';
import type { Connection } from './connection.ts';
import type { Emitter } from './emitter.ts';
import type { Outbox, OutboxEntry } from './outbox/port.ts';

/** Sends under way at once; more wait in the outbox. Keeps a resend after a reconnect from flooding the server. */
const maxInFlight = 256;
const maxQueued = 10_000;
/** An acknowledgement that is not there by then was lost on the way: the same cid is sent again. */
const ackTimeoutMs = 15_000;
const firstRetryMs = 500;
const longestRetryMs = 15_000;

interface Send {
  readonly entry: OutboxEntry;
  isInFlight: boolean;
  attempts: number;
  error: ParleyError | undefined;
  timer: ReturnType<typeof setTimeout> | undefined;
  readonly waiting: { resolve: (ack: Ack) => void; reject: (error: unknown) => void }[];
}

/** Sends commands until they are acknowledged as their mode promises, over reconnects and restarts. */
export class Sender {
  readonly #connection: Connection;
  readonly #outbox: Outbox;
  readonly #emitter: Emitter<ClientEvents>;
  /** In the order in which they were queued. */
  readonly #sends = new Map<Cid, Send>();
  #loaded: Promise<void> | undefined;
  #inFlight = 0;
  #isClosed = false;

  constructor(connection: Connection, outbox: Outbox, emitter: Emitter<ClientEvents>) {
    this.#connection = connection;
    this.#outbox = outbox;
    this.#emitter = emitter;
  }

  /** Takes up what an earlier life of this client left unacknowledged. */
  load(): Promise<void> {
    this.#loaded ??= this.#outbox.load().then((entries) => {
      for (const entry of entries) if (!this.#sends.has(entry.cid)) this.#sends.set(entry.cid, sendOf(entry));
      this.pump();
    });
    return this.#loaded;
  }

  async send(stream: StreamId, command: ClientCommand, options: SendOptions): Promise<Ack> {
    options.signal?.throwIfAborted();
    const { mode = 'exactly-once', cid = newCid() } = options;
    if (this.#isClosed) throw new ParleyError('unavailable', { message: 'This client is closed.' });
    if (mode === 'at-most-once') {
      const isWritten = this.#connection.send({ t: 'send', stream, cid, mode, command });
      if (!isWritten)
        throw new ParleyError('unavailable', {
          message: 'There is no connection, and at-most-once does not wait for one.',
        });
      return { stream, cid, seq: 0 };
    }
    if (this.#sends.size >= maxQueued)
      throw new ParleyError('limit-reached', { message: 'Too many messages are waiting to be sent.' });
    await this.load();
    const known = this.#sends.get(cid);
    const send = known ?? sendOf({ cid, stream, command, mode, queuedAt: Date.now() });
    const acknowledged = new Promise<Ack>((resolve, reject) => send.waiting.push({ resolve, reject }));
    // Refused while the outbox is still writing: the caller hears of it below, when it gets the promise.
    acknowledged.catch(() => undefined);
    options.signal?.addEventListener('abort', () => {
      for (const { reject } of send.waiting.splice(0)) reject(options.signal?.reason);
    });
    if (known === undefined) {
      this.#sends.set(cid, send);
      this.#emitter.emit('outbox', { stream, cid, change: 'queued' });
      try {
        await this.#outbox.put(send.entry);
      } catch (cause) {
        this.#sends.delete(cid);
        throw new ParleyError('unavailable', { message: 'The outbox could not keep the message.', cause });
      }
    }
    send.error = undefined;
    this.pump();
    return acknowledged;
  }

  pending(stream?: StreamId): readonly PendingSend[] {
    return [...this.#sends.values()]
      .filter(({ entry }) => stream === undefined || entry.stream === stream)
      .map(({ entry, error }) => ({ ...entry, ...(error === undefined ? {} : { error }) }));
  }

  retry(cid: Cid): void {
    const send = this.#sends.get(cid);
    if (send === undefined) return;
    send.error = undefined;
    send.attempts = 0;
    this.#emitter.emit('outbox', { stream: send.entry.stream, cid, change: 'queued' });
    this.pump();
  }

  cancel(cid: Cid): void {
    const send = this.#sends.get(cid);
    if (send === undefined) return;
    this.#forget(send);
    this.#emitter.emit('outbox', { stream: send.entry.stream, cid, change: 'cancelled' });
    for (const { reject } of send.waiting.splice(0)) reject(new DOMException('The send was cancelled.', 'AbortError'));
  }

  /** The connection is new: nothing is under way on it yet. */
  reconnected(): void {
    for (const send of this.#sends.values()) this.#settleFlight(send);
    this.pump();
  }

  acknowledged({ stream, cid, seq }: Extract<ServerFrame, { t: 'ack' }>): void {
    const send = this.#sends.get(cid);
    if (send === undefined) return;
    this.#forget(send);
    this.#emitter.emit('outbox', { stream, cid, change: 'acknowledged', seq });
    for (const { resolve } of send.waiting.splice(0)) resolve({ stream, cid, seq });
    this.pump();
  }

  refused({ stream, cid, error: wire }: Extract<ServerFrame, { t: 'nack' }>): void {
    const send = this.#sends.get(cid);
    if (send === undefined) return;
    this.#settleFlight(send);
    const error = ParleyError.fromWire(wire);
    if (error.retryable) {
      const backoff = Math.random() * Math.min(longestRetryMs, firstRetryMs * 2 ** send.attempts++);
      send.timer = setTimeout(
        () => {
          send.timer = undefined;
          this.pump();
        },
        (error.retryAfterMs ?? 0) + backoff,
      );
      return;
    }
    send.error = error;
    this.#emitter.emit('outbox', { stream, cid, change: 'refused', error });
    for (const { reject } of send.waiting.splice(0)) reject(error);
    this.pump();
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    for (const send of this.#sends.values()) {
      clearTimeout(send.timer);
      for (const { reject } of send.waiting.splice(0)) {
        reject(
          new ParleyError('unavailable', { message: 'This client was closed before the message was acknowledged.' }),
        );
      }
    }
    await this.#outbox.close();
  }

  /** Sends what waits, oldest first, as far as the window allows. */
  pump(): void {
    if (!this.#connection.isOnline || this.#isClosed) return;
    for (const send of this.#sends.values()) {
      if (this.#inFlight >= maxInFlight) return;
      if (send.isInFlight || send.error !== undefined || send.timer !== undefined) continue;
      const { stream, cid, mode, command } = send.entry;
      if (!this.#connection.send({ t: 'send', stream, cid, mode, command })) return;
      send.isInFlight = true;
      this.#inFlight++;
      send.timer = setTimeout(() => {
        this.#settleFlight(send);
        this.pump();
      }, ackTimeoutMs);
    }
  }

  #settleFlight(send: Send): void {
    clearTimeout(send.timer);
    send.timer = undefined;
    if (send.isInFlight) this.#inFlight--;
    send.isInFlight = false;
  }

  #forget(send: Send): void {
    this.#settleFlight(send);
    this.#sends.delete(send.entry.cid);
    this.#outbox.remove(send.entry.cid).catch((error: unknown) => {
      // It will be sent again after a restart, and answered with this acknowledgement: harmless, but worth knowing.
      console.warn('parley: could not remove an acknowledged message from the outbox', error);
    });
  }
}

const sendOf = (entry: OutboxEntry): Send => ({
  entry,
  isInFlight: false,
  attempts: 0,
  error: undefined,
  timer: undefined,
  waiting: [],
});
