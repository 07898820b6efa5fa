import type { Consumer } from '@platformatic/kafka';
import { closeClient } from './client.ts';

/** How often a commit or a look-up is tried before whoever waits is told. */
const attempts = 5;
const pauseMs = 200;

/** The group's offsets of the log: one request under way at a time, whatever comes meanwhile in the next one. */
export class Offsets {
  readonly #consumer: Consumer;
  readonly #topic: string;
  /** The next offset to consume, by partition, not committed yet. */
  readonly #pending = new Map<number, number>();
  #asked: { readonly partitions: Set<number>; readonly answer: Promise<readonly (bigint | undefined)[]> } | undefined;
  #committing: Promise<void> | undefined;

  constructor(consumer: Consumer, topic: string) {
    this.#consumer = consumer;
    this.#topic = topic;
  }

  /** Where to go on; 0 where nothing was ever committed. Those who ask in one turn ask together. */
  async next(partition: number): Promise<bigint> {
    if (this.#asked === undefined) {
      const partitions = new Set<number>();
      this.#asked = {
        partitions,
        answer: new Promise((resolve) => setImmediate(resolve)).then(() => this.#look(partitions)),
      };
    }
    this.#asked.partitions.add(partition);
    const offset = (await this.#asked.answer)[partition] ?? -1n;
    return offset < 0n ? 0n : offset;
  }

  /** Everything before the offset is consumed. Committed soon. */
  consumed(partition: number, next: number): void {
    this.#pending.set(partition, next);
    this.#committing ??= this.#commit();
  }

  /** Resolves when nothing is left to commit, or it could not be committed. */
  async flush(): Promise<void> {
    while (this.#committing !== undefined) await this.#committing;
  }

  async close(): Promise<void> {
    await this.flush();
    await closeClient(this.#consumer);
  }

  async #look(partitions: ReadonlySet<number>): Promise<readonly (bigint | undefined)[]> {
    this.#asked = undefined;
    const topics = [{ topic: this.#topic, partitions: [...partitions] }];
    return (await again(() => this.#consumer.listCommittedOffsets({ topics }))).get(this.#topic) ?? [];
  }

  async #commit(): Promise<void> {
    while (this.#pending.size > 0) {
      const offsets = Array.from(this.#pending, ([partition, next]) => ({
        topic: this.#topic,
        partition,
        offset: BigInt(next),
        leaderEpoch: -1,
      }));
      this.#pending.clear();
      try {
        await again(() => this.#consumer.commit({ offsets }));
      } catch {
        // Kept, unless overtaken; with the next batch they are tried again. Until then the next owner would get some again.
        for (const { partition, offset } of offsets)
          if (!this.#pending.has(partition)) this.#pending.set(partition, Number(offset));
        break;
      }
    }
    this.#committing = undefined;
  }
}

async function again<Result>(request: () => Promise<Result>): Promise<Result> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await request();
    } catch (error) {
      if (attempt === attempts) throw error;
      await new Promise((resolve) => setTimeout(resolve, pauseMs * attempt));
    }
  }
}
