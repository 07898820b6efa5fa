import type { Consumer, RecordsBatch } from '@platformatic/kafka';
import type { Log } from '../../log.ts';
import { reasonOf } from '../../patience.ts';
import { hasError } from './client.ts';

/** Longest wait for news in one request. A partition that is added meanwhile waits as long for its first records. */
const maxWaitMs = 250;
const maxBytes = 16 * 1024 * 1024;
const maxBytesPerPartition = 1024 * 1024;
const pauseAfterFailureMs = 200;
const isControl = 0x20;

type Topic = NonNullable<ReturnType<Awaited<ReturnType<Consumer['metadata']>>['topics']['get']>>;
type Response = Awaited<ReturnType<Consumer['fetch']>>;
type Request = Parameters<Consumer['fetch']>[0]['topics'][number]['partitions'][number];

/** A record as it lies in a partition. */
export interface Fetched {
  readonly key: Buffer | null;
  readonly payload: Buffer;
  readonly offset: number;
}

export interface FetcherOptions {
  readonly consumer: Consumer;
  readonly topic: string;
  readonly received: (partition: number, records: readonly Fetched[]) => void;
  /** Whether no more should be fetched of the partition for now; `wake` says that there is room again. */
  readonly isFull?: (partition: number) => boolean;
  readonly log: Log;
}

/** Reads partitions of one topic from given offsets on: one request at a time to each of their leaders, for all that it leads. */
export class Fetcher {
  readonly #options: FetcherOptions;
  readonly #next = new Map<number, bigint>();
  readonly #busyLeaders = new Set<number>();
  /** Kept until a request fails: asking the driver for what it remembers took an eighth of a node's time. */
  #known: Topic | undefined;
  #isTurning = false;
  #isClosed = false;

  constructor(options: FetcherOptions) {
    this.#options = options;
  }

  add(partition: number, offset: bigint): void {
    this.#next.set(partition, offset);
    this.wake();
  }

  remove(partition: number): void {
    this.#next.delete(partition);
  }

  wake(): void {
    void this.#turn();
  }

  close(): void {
    this.#isClosed = true;
    this.#next.clear();
  }

  async #turn(): Promise<void> {
    if (this.#isTurning || this.#isClosed) return;
    this.#isTurning = true;
    try {
      const { isFull } = this.#options;
      const wanted = [...this.#next.keys()].filter((partition) => isFull?.(partition) !== true);
      if (wanted.length === 0) return;
      const metadata = this.#known ?? (await this.#look());
      const byLeader = Map.groupBy(wanted, (partition) => metadata.partitions[partition]?.leader ?? -1);
      for (const [leader, partitions] of byLeader) {
        if (!this.#busyLeaders.has(leader)) void this.#fetch(leader, metadata.id, partitions);
      }
    } catch (error) {
      this.#failed(error);
    } finally {
      this.#isTurning = false;
    }
  }

  async #look(): Promise<Topic> {
    const { consumer, topic } = this.#options;
    const found = (await consumer.metadata({ topics: [topic] })).topics.get(topic);
    if (found === undefined) throw new Error(`the topic ${topic} is gone`);
    this.#known = found;
    return found;
  }

  async #fetch(leader: number, topicId: string, partitions: readonly number[]): Promise<void> {
    this.#busyLeaders.add(leader);
    try {
      const wanted = partitions.flatMap((partition) => this.#request(partition));
      const response = await this.#options.consumer.fetch({
        node: leader,
        topics: [{ topicId, partitions: wanted }],
        maxWaitTime: maxWaitMs,
        minBytes: 1,
        maxBytes,
        isolationLevel: 0,
      });
      this.#take(response);
      this.#busyLeaders.delete(leader);
      this.wake();
    } catch (error) {
      await this.#recover(error, partitions);
      this.#busyLeaders.delete(leader);
    }
  }

  #request(partition: number): Request[] {
    const fetchOffset = this.#next.get(partition);
    if (fetchOffset === undefined) return [];
    const unknown = { currentLeaderEpoch: -1, lastFetchedEpoch: -1 };
    return [{ partition, fetchOffset, partitionMaxBytes: maxBytesPerPartition, ...unknown }];
  }

  #take(response: Response): void {
    for (const { partitions } of response.responses) {
      for (const { partitionIndex, records } of partitions) {
        const from = this.#next.get(partitionIndex);
        const last = records?.at(-1);
        if (from === undefined || records === null || records === undefined || last === undefined) continue;
        this.#next.set(partitionIndex, last.firstOffset + BigInt(last.lastOffsetDelta) + 1n);
        const fetched = records.flatMap((batch) => recordsOf(batch, from));
        if (fetched.length > 0) this.#options.received(partitionIndex, fetched);
      }
    }
  }

  async #recover(error: unknown, partitions: readonly number[]): Promise<void> {
    if (this.#isClosed) return;
    try {
      if (hasError(error, 'apiId', 'OFFSET_OUT_OF_RANGE')) await this.#moveIntoRange(partitions);
    } catch {
      // The next fetch fails alike and comes here again.
    }
    this.#failed(error);
  }

  /** Records were deleted before they were read, or the topic was made anew: on with the first there is. */
  async #moveIntoRange(partitions: readonly number[]): Promise<void> {
    const { consumer, topic, log } = this.#options;
    const asked = { topics: [topic], partitions: { [topic]: [...partitions] } };
    const earliest = (await consumer.listOffsets({ ...asked, timestamp: -2n })).get(topic) ?? [];
    const latest = (await consumer.listOffsets({ ...asked, timestamp: -1n })).get(topic) ?? [];
    for (const partition of partitions) {
      const [offset, first, end] = [this.#next.get(partition), earliest[partition], latest[partition]];
      if (offset === undefined || first === undefined || end === undefined) continue;
      if (offset >= first && offset <= end) continue;
      log.warn(
        { topic, partition, offset: String(offset), first: String(first) },
        'offset is out of range; on from the first',
      );
      this.#next.set(partition, first);
    }
  }

  #failed(error: unknown): void {
    if (this.#isClosed) return;
    this.#options.log.warn({ topic: this.#options.topic, reason: reasonOf(error) }, 'could not fetch; trying again');
    this.#known = undefined;
    this.#options.consumer.clearMetadata();
    setTimeout(() => this.wake(), pauseAfterFailureMs);
  }
}

function recordsOf(batch: RecordsBatch, from: bigint): Fetched[] {
  if ((batch.attributes & isControl) !== 0) return [];
  return batch.records.flatMap(({ key, value, offsetDelta }) => {
    const offset = batch.firstOffset + BigInt(offsetDelta);
    // A batch is fetched whole, also what lies in it before the offset asked for.
    return offset < from || value === null ? [] : [{ key, payload: value, offset: Number(offset) }];
  });
}
