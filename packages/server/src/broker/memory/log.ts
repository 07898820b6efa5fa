import { ParleyError } from '@parley/protocol';
import type { LogConsumer, LogRecord, Subscription } from '../port.ts';

/** A batch that was refused comes again after so long, doubling up to the longest. */
const firstRedeliveryMs = 50;
const longestRedeliveryMs = 2_000;

interface Consumer {
  readonly id: number;
  readonly told: LogConsumer;
  readonly maxBatch: number;
}

interface Partition {
  readonly number: number;
  records: LogRecord[];
  nextOffset: number;
  owner: Consumer | undefined;
  /** The delivery under way; the next owner waits for it. */
  running: Promise<void> | undefined;
}

/** The partitioned command log. */
export class MemoryLog {
  readonly #partitions: readonly Partition[];
  readonly #maxQueued: number;
  #consumers: readonly Consumer[] = [];
  #lastConsumer = 0;

  constructor(partitions: number, maxQueued: number) {
    this.#maxQueued = maxQueued;
    this.#partitions = Array.from({ length: partitions }, (_, number) => ({
      number,
      records: [],
      nextOffset: 0,
      owner: undefined,
      running: undefined,
    }));
  }

  publish(number: number, payloads: readonly Uint8Array[]): Promise<void> {
    const partition = this.#partitions[number];
    if (partition === undefined) return Promise.reject(new RangeError(`there is no partition ${number}`));
    if (partition.records.length + payloads.length > this.#maxQueued) {
      return Promise.reject(new ParleyError('unavailable', { retryAfterMs: 1_000 }));
    }
    for (const payload of payloads) partition.records.push({ payload, offset: partition.nextOffset++ });
    this.#wake(partition);
    return Promise.resolve();
  }

  async consume(told: LogConsumer, maxBatch: number): Promise<Subscription> {
    const consumer = { id: ++this.#lastConsumer, told, maxBatch };
    this.#consumers = [...this.#consumers, consumer];
    await this.#spread();
    return {
      close: async () => {
        this.#consumers = this.#consumers.filter((other) => other !== consumer);
        await this.#spread();
      },
    };
  }

  async #spread(): Promise<void> {
    await Promise.all(this.#partitions.map((partition) => this.#handOver(partition)));
  }

  async #handOver(partition: Partition): Promise<void> {
    const owner = highest(this.#consumers, partition.number);
    if (owner === partition.owner) return;
    const former = partition.owner;
    partition.owner = undefined;
    await partition.running;
    await former?.told.revoked(partition.number);
    await owner?.told.assigned(partition.number);
    partition.owner = owner;
    this.#wake(partition);
  }

  #wake(partition: Partition): void {
    if (partition.running !== undefined || partition.owner === undefined || partition.records.length === 0) return;
    // Once a turn, so that everything published in this one makes one batch.
    partition.running = new Promise<void>((resolve) => setImmediate(resolve))
      .then(() => this.#deliver(partition))
      .finally(() => {
        partition.running = undefined;
        this.#wake(partition);
      });
  }

  async #deliver(partition: Partition): Promise<void> {
    let pauseMs = firstRedeliveryMs;
    while (partition.owner !== undefined && partition.records.length > 0) {
      const { told, maxBatch } = partition.owner;
      const batch = partition.records.slice(0, maxBatch);
      try {
        await told.batch(partition.number, batch);
        partition.records.splice(0, batch.length);
        pauseMs = firstRedeliveryMs;
      } catch {
        // The consumer says why in its own log; here it only means "again".
        await new Promise<void>((resolve) => setTimeout(resolve, pauseMs));
        pauseMs = Math.min(pauseMs * 2, longestRedeliveryMs);
      }
    }
  }
}

/** Rendezvous hashing: a consumer that joins or leaves moves only its own share. */
function highest(consumers: readonly Consumer[], partition: number): Consumer | undefined {
  let best: { readonly consumer: Consumer; readonly weight: number } | undefined;
  for (const consumer of consumers) {
    const weight = mix(consumer.id * 0x9e3779b1 + partition);
    if (best === undefined || weight > best.weight) best = { consumer, weight };
  }
  return best?.consumer;
}

/** The finaliser of MurmurHash3 (32 bits): spreads neighbouring numbers. */
function mix(value: number): number {
  let hash = value | 0;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
