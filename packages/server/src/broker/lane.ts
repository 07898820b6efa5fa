import { ParleyError } from '@parley/protocol';

/** Records and bytes of one send: well below what engines take in one request, large enough that a busy lane is not bound by round trips. */
const maxSendRecords = 5_000;
const maxSendBytes = 4 * 1024 * 1024;
/** Bytes waiting above which a call is refused, whatever its number of records: 64 MiB are a second's worth of a busy node. */
const maxWaitingBytes = 64 * 1024 * 1024;
const longestPauseMs = 1_000;

/** A record on its way out. */
export interface Outgoing {
  readonly partition: number;
  readonly payload: Uint8Array;
}

export interface LaneOptions {
  /** Sends records, in order; resolves when all are as durable as the engine makes them. What is rejected is sent again, all of it. */
  readonly send: (records: readonly Outgoing[]) => Promise<void>;
  /** Records waiting or under way above which a call is refused. */
  readonly maxQueued: number;
  /** Shared by lanes whose bounds count together. Default: this lane's own. */
  readonly room?: Room;
  /** Longest time a call waits for an engine that is away. */
  readonly patienceMs: number;
  /** Told of a send that failed, before it is tried again. */
  readonly failed: (error: unknown) => void;
}

/** What waits, over all the lanes that share it. */
export interface Room {
  records: number;
  bytes: number;
}

interface Call {
  readonly records: readonly Outgoing[];
  readonly bytes: number;
  readonly expiresAt: number;
  readonly resolve: () => void;
  readonly reject: (error: ParleyError) => void;
  isSettled: boolean;
}

/**
 * Publishes in the order of the calls. One send is under way at a time and whatever comes meanwhile makes the next one:
 * an idle lane adds no delay, a busy one makes batches, and a retry can never overtake.
 */
export class Lane {
  readonly #options: LaneOptions;
  #calls: Call[] = [];
  readonly #room: Room;
  #isSending = false;
  #isClosed = false;
  #expiry: NodeJS.Timeout | undefined;

  constructor(options: LaneOptions) {
    this.#options = options;
    this.#room = options.room ?? { records: 0, bytes: 0 };
  }

  /** Rejects with `unavailable`: too much waits, or the engine has been away for too long. It may be published all the same. */
  publish(partition: number, payloads: readonly Uint8Array[]): Promise<void> {
    if (payloads.length === 0) return Promise.resolve();
    const bytes = payloads.reduce((sum, payload) => sum + payload.byteLength, 0);
    const isFull =
      this.#room.records + payloads.length > this.#options.maxQueued || this.#room.bytes + bytes > maxWaitingBytes;
    if (isFull || this.#isClosed) return Promise.reject(unavailable());
    this.#room.records += payloads.length;
    this.#room.bytes += bytes;
    return new Promise((resolve, reject) => {
      const records = payloads.map((payload) => ({ partition, payload }));
      this.#calls.push({
        records,
        bytes,
        expiresAt: performance.now() + this.#options.patienceMs,
        resolve,
        reject,
        isSettled: false,
      });
      this.#expiry ??= setInterval(() => this.#expire(), 500);
      void this.#run();
    });
  }

  /** Sends what waits for as long as its callers are patient; takes nothing more. */
  async close(): Promise<void> {
    this.#isClosed = true;
    while (this.#calls.length > 0) await new Promise((resolve) => setTimeout(resolve, 10));
    clearInterval(this.#expiry);
  }

  async #run(): Promise<void> {
    if (this.#isSending) return;
    this.#isSending = true;
    // What the rest of this turn publishes goes along.
    await new Promise((resolve) => setImmediate(resolve));
    let pauseMs = 50;
    while (this.#calls.length > 0) {
      const calls = this.#nextCalls();
      try {
        await this.#options.send(calls.flatMap(({ records }) => records));
        pauseMs = 50;
        this.#settle(calls, (call) => call.resolve());
      } catch (error) {
        this.#options.failed(error);
        await new Promise((resolve) => setTimeout(resolve, pauseMs * (0.5 + Math.random())));
        pauseMs = Math.min(pauseMs * 2, longestPauseMs);
      }
    }
    this.#isSending = false;
    clearInterval(this.#expiry);
    this.#expiry = undefined;
  }

  #nextCalls(): Call[] {
    let records = 0;
    let bytes = 0;
    const end = this.#calls.findIndex((call, index) => {
      records += call.records.length;
      bytes += call.bytes;
      return index > 0 && (records > maxSendRecords || bytes > maxSendBytes);
    });
    return end === -1 ? [...this.#calls] : this.#calls.slice(0, end);
  }

  #settle(calls: readonly Call[], settle: (call: Call) => void): void {
    for (const call of calls) {
      // Its caller may have lost patience while it was under way.
      if (call.isSettled) continue;
      call.isSettled = true;
      this.#room.records -= call.records.length;
      this.#room.bytes -= call.bytes;
      settle(call);
    }
    this.#calls = this.#calls.filter(({ isSettled }) => !isSettled);
  }

  #expire(): void {
    const now = performance.now();
    const expired = this.#calls.filter(({ expiresAt }) => expiresAt <= now);
    if (expired.length > 0) this.#settle(expired, (call) => call.reject(unavailable()));
  }
}

const unavailable = (): ParleyError => new ParleyError('unavailable', { retryAfterMs: 1_000 });
