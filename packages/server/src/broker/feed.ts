import type { LogConsumer, LogRecord } from './port.ts';

/** A batch that was refused comes again after so long, doubling up to the longest. */
const firstRedeliveryMs = 50;
const longestRedeliveryMs = 2_000;

export interface FeedOptions {
  readonly partition: number;
  readonly told: LogConsumer;
  readonly maxBatch: number;
  /** These count as consumed. */
  readonly consumed: (records: readonly LogRecord[]) => void;
}

/** Feeds one partition's records to its consumer: batch after batch, a refused one again before anything later. */
export class Feed {
  readonly #options: FeedOptions;
  readonly #stopping = new AbortController();
  #queue: LogRecord[] = [];
  #bytes = 0;
  #running: Promise<void> | undefined;

  constructor(options: FeedOptions) {
    this.#options = options;
  }

  /** Records that were pushed and are not consumed yet. */
  get waiting(): number {
    return this.#queue.length;
  }

  get waitingBytes(): number {
    return this.#bytes;
  }

  push(records: readonly LogRecord[]): void {
    if (this.#stopping.signal.aborted) return;
    for (const record of records) {
      this.#queue.push(record);
      this.#bytes += record.payload.byteLength;
    }
    this.#wake();
  }

  /** Finishes the batch under way, unless it is refused, and forgets the rest. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#running;
    this.#queue = [];
  }

  #wake(): void {
    if (this.#running !== undefined || this.#queue.length === 0 || this.#stopping.signal.aborted) return;
    // Once a turn, so that everything that arrives in this one makes one batch.
    this.#running = new Promise<void>((resolve) => setImmediate(resolve))
      .then(() => this.#deliver())
      .finally(() => {
        this.#running = undefined;
        this.#wake();
      });
  }

  async #deliver(): Promise<void> {
    const { partition, told, maxBatch, consumed } = this.#options;
    let pauseMs = firstRedeliveryMs;
    while (this.#queue.length > 0 && !this.#stopping.signal.aborted) {
      const batch = this.#queue.slice(0, maxBatch);
      try {
        await told.batch(partition, batch);
        this.#queue.splice(0, batch.length);
        for (const { payload } of batch) this.#bytes -= payload.byteLength;
        pauseMs = firstRedeliveryMs;
        consumed(batch);
      } catch {
        // The consumer says why in its own log; here it only means "again".
        await pause(pauseMs, this.#stopping.signal);
        pauseMs = Math.min(pauseMs * 2, longestRedeliveryMs);
      }
    }
  }
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    signal.addEventListener('abort', end, { once: true });
    if (signal.aborted) end();
  });
}
