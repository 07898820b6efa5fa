import { type Cid, type ClientCommand, newCid, ParleyError, type ServerFrame, type StreamId } from '@parley/protocol';
import type { Ack, ClientEvents, PendingSend, SendOptions } from './api.ts';
import type { Connection } from './connection.ts';
import type { Emitter } from './emitter.ts';
import { Lanes } from './lanes.ts';
import type { Outbox, OutboxEntry } from './outbox/port.ts';
import type { Platform, Timer } from './platform.ts';

/** Sends under way at once; more wait in the outbox. Keeps a resend after a reconnect from flooding the server. */
const maxInFlight = 256;
const maxQueued = 10_000;
/** An acknowledgement that is not there by then was lost on the way: the same cid is sent again. */
const ackTimeoutMs = 15_000;
const firstRetryMs = 500;
const longestRetryMs = 15_000;

interface Waiter {
  readonly resolve: (ack: Ack) => void;
  readonly reject: (error: unknown) => void;
}

interface Send {
  readonly entry: OutboxEntry;
  /** The outbox has it. Not a byte leaves before: a crash in between would forget what the server stored. */
  isKept: boolean;
  isInFlight: boolean;
  attempts: number;
  error: ParleyError | undefined;
  timer: Timer | undefined;
  readonly waiting: Set<Waiter>;
}

/**
 * Sends commands until they are acknowledged as their mode promises, over reconnects and restarts.
 *
 * Order: exactly-once sends of one stream are stored in the order in which they were queued. A send behind one that is
 * refused for a moment would overtake it if both were under way, so of each stream only one is (a lane); other
 * streams do not wait. The price is a round trip between two sends to one conversation. At-least-once sends have a lane
 * each: faster, in no promised order.
 */
export class Sender {
  readonly #connection: Connection;
  readonly #outbox: Outbox;
  readonly #emitter: Emitter<ClientEvents>;
  readonly #platform: Platform;
  /** In the order in which they were queued. */
  readonly #sends = new Map<Cid, Send>();
  readonly #lanes = new Lanes<Send>();
  /** What may be sent at this moment, the one that waited longest first. */
  readonly #ready = new Set<Send>();
  #loaded: Promise<void> | undefined;
  #inFlight = 0;
  #isClosed = false;

  constructor(connection: Connection, outbox: Outbox, emitter: Emitter<ClientEvents>, platform: Platform) {
    this.#connection = connection;
    this.#outbox = outbox;
    this.#emitter = emitter;
    this.#platform = platform;
  }

  /** Takes up what an earlier life of this client left unacknowledged. */
  load(): Promise<void> {
    this.#loaded ??= this.#outbox.load().then(
      (entries) => {
        for (const entry of entries) if (!this.#sends.has(entry.cid)) this.#queue(entry).isKept = true;
        this.#readyAll();
      },
      (cause: unknown) => {
        this.#loaded = undefined;
        throw new ParleyError('unavailable', { message: 'The outbox could not be read.', cause });
      },
    );
    return this.#loaded;
  }

  async send(stream: StreamId, command: ClientCommand, options: SendOptions): Promise<Ack> {
    options.signal?.throwIfAborted();
    const { mode = 'exactly-once', cid = newCid(this.#platform.ids) } = options;
    this.#refuseWhenClosed();
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
    options.signal?.throwIfAborted();
    this.#refuseWhenClosed();
    const known = this.#sends.get(cid);
    const send = known ?? this.#queue({ cid, stream, command, mode, queuedAt: this.#platform.now() });
    const acknowledged = acknowledgementOf(send, options.signal);
    // Refused while the outbox is still writing: the caller hears of it below, when it gets the promise.
    acknowledged.catch(() => undefined);
    if (known === undefined) await this.#keep(send);
    else if (known.error !== undefined) this.retry(cid);
    return acknowledged;
  }

  pending(stream?: StreamId): readonly PendingSend[] {
    return [...this.#sends.values()]
      .filter(({ entry }) => stream === undefined || entry.stream === stream)
      .map(({ entry, error }) => ({ ...entry, ...(error === undefined ? {} : { error }) }));
  }

  /** Sends now what was refused (then behind what its stream has waiting) or waits for its next attempt. */
  retry(cid: Cid): void {
    const send = this.#sends.get(cid);
    if (send === undefined) return;
    if (send.error !== undefined) this.#join(send);
    send.error = undefined;
    send.attempts = 0;
    this.#emitter.emit('outbox', { stream: send.entry.stream, cid, change: 'queued' });
    if (send.isInFlight) return;
    this.#settleFlight(send);
    this.#makeReady(send);
    this.pump();
  }

  cancel(cid: Cid): void {
    const send = this.#sends.get(cid);
    if (send === undefined) return;
    this.#forget(send);
    this.#emitter.emit('outbox', { stream: send.entry.stream, cid, change: 'cancelled' });
    reject(send, new DOMException('The send was cancelled.', 'AbortError'));
    this.pump();
  }

  /** The connection is new: nothing is under way on it yet. */
  reconnected(): void {
    for (const send of this.#sends.values()) this.#settleFlight(send);
    this.#readyAll();
  }

  acknowledged({ stream, cid, seq }: Extract<ServerFrame, { t: 'ack' }>): void {
    const send = this.#sends.get(cid);
    if (send === undefined) return;
    this.#forget(send);
    this.#emitter.emit('outbox', { stream, cid, change: 'acknowledged', seq });
    for (const { resolve } of send.waiting) resolve({ stream, cid, seq });
    this.pump();
  }

  refused({ stream, cid, error: wire }: Extract<ServerFrame, { t: 'nack' }>): void {
    const send = this.#sends.get(cid);
    if (send === undefined) return;
    this.#settleFlight(send);
    const error = ParleyError.fromWire(wire);
    if (error.retryable) {
      const backoff = this.#platform.random() * Math.min(longestRetryMs, firstRetryMs * 2 ** send.attempts++);
      this.#readyAfter(send, (error.retryAfterMs ?? 0) + backoff);
    } else {
      send.error = error;
      this.#leave(send);
      this.#emitter.emit('outbox', { stream, cid, change: 'refused', error });
      reject(send, error);
    }
    this.pump();
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    for (const send of this.#sends.values()) {
      send.timer?.cancel();
      reject(
        send,
        new ParleyError('unavailable', { message: 'This client was closed before the message was acknowledged.' }),
      );
    }
    await this.#outbox.close();
  }

  /** Sends what may go, as far as the window allows. */
  pump(): void {
    if (!this.#connection.isOnline || this.#isClosed) return;
    for (const send of this.#ready) {
      if (this.#inFlight >= maxInFlight) return;
      const { stream, cid, mode, command } = send.entry;
      if (!this.#connection.send({ t: 'send', stream, cid, mode, command })) return;
      this.#ready.delete(send);
      send.isInFlight = true;
      this.#inFlight++;
      this.#readyAfter(send, ackTimeoutMs);
    }
  }

  #queue(entry: OutboxEntry): Send {
    const send: Send = {
      entry,
      isKept: false,
      isInFlight: false,
      attempts: 0,
      error: undefined,
      timer: undefined,
      waiting: new Set(),
    };
    this.#sends.set(entry.cid, send);
    this.#join(send);
    return send;
  }

  async #keep(send: Send): Promise<void> {
    const { stream, cid } = send.entry;
    this.#emitter.emit('outbox', { stream, cid, change: 'queued' });
    try {
      await this.#outbox.put(send.entry);
    } catch (cause) {
      const error = new ParleyError('unavailable', { message: 'The outbox could not keep the message.', cause });
      if (this.#sends.delete(cid)) this.#leave(send);
      // It may have come to rest there all the same, and must not be sent by a later life.
      this.#outbox.remove(cid).catch(() => undefined);
      this.#emitter.emit('outbox', { stream, cid, change: 'cancelled' });
      reject(send, error);
      this.pump();
      throw error;
    }
    send.isKept = true;
    this.#makeReady(send);
    this.pump();
  }

  #join(send: Send): void {
    const { stream, cid, mode } = send.entry;
    this.#lanes.add(mode === 'exactly-once' ? stream : cid, send);
  }

  /** Lets go of its place; whoever is behind it may go. */
  #leave(send: Send): void {
    this.#ready.delete(send);
    const next = this.#lanes.remove(send);
    if (next !== undefined) this.#makeReady(next);
  }

  #makeReady(send: Send): void {
    if (!send.isKept || send.isInFlight || send.error !== undefined || send.timer !== undefined) return;
    if (this.#lanes.isFirst(send)) this.#ready.add(send);
  }

  /** After a new start: everything that may go, the oldest first. */
  #readyAll(): void {
    this.#ready.clear();
    for (const send of this.#sends.values()) this.#makeReady(send);
    this.pump();
  }

  #readyAfter(send: Send, ms: number): void {
    send.timer = this.#platform.after(ms, () => {
      this.#settleFlight(send);
      this.#makeReady(send);
      this.pump();
    });
  }

  #settleFlight(send: Send): void {
    send.timer?.cancel();
    send.timer = undefined;
    if (send.isInFlight) this.#inFlight--;
    send.isInFlight = false;
  }

  #forget(send: Send): void {
    this.#settleFlight(send);
    this.#sends.delete(send.entry.cid);
    this.#leave(send);
    this.#outbox.remove(send.entry.cid).catch((error: unknown) => {
      // It will be sent again after a restart, and answered with this acknowledgement: harmless, but worth knowing.
      console.warn('parley: could not remove an acknowledged message from the outbox', error);
    });
  }

  #refuseWhenClosed(): void {
    if (this.#isClosed) throw new ParleyError('unavailable', { message: 'This client is closed.' });
  }
}

/** Settles with the send, or with the signal for this caller alone. */
function acknowledgementOf(send: Send, signal: AbortSignal | undefined): Promise<Ack> {
  return new Promise((resolve, reject) => {
    const done = (): void => {
      send.waiting.delete(waiter);
      signal?.removeEventListener('abort', abort);
    };
    const waiter: Waiter = {
      resolve: (ack) => {
        done();
        resolve(ack);
      },
      reject: (error) => {
        done();
        reject(error);
      },
    };
    const abort = (): void => waiter.reject(signal?.reason);
    send.waiting.add(waiter);
    signal?.addEventListener('abort', abort, { once: true });
  });
}

function reject(send: Send, error: unknown): void {
  for (const waiter of send.waiting) waiter.reject(error);
}
