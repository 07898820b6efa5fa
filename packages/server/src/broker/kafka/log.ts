import type { Producer } from '@platformatic/kafka';
import type { Log } from '../../log.ts';
import { reasonOf } from '../../patience.ts';
import { Feed } from '../feed.ts';
import type { Heartbeats } from '../heartbeats.ts';
import { Lane, type Outgoing } from '../lane.ts';
import type { ConsumeOptions, LogConsumer, Subscription } from '../port.ts';
import { Shares } from '../shares.ts';
import { closeClient, type KafkaClients } from './client.ts';
import { Fetcher } from './fetcher.ts';
import { Offsets } from './offsets.ts';

/** Below it a batch gains nothing from being compressed. */
const compressFromBytes = 1024;
/** Read ahead for a partition whose consumer is slow, before it is left out of requests. */
const maxAheadBytes = 2 * 1024 * 1024;
const maxAheadBatches = 4;

export interface KafkaLogOptions {
  readonly clients: KafkaClients;
  readonly topic: string;
  readonly partitions: number;
  readonly heartbeats: Heartbeats;
  readonly log: Log;
}

/** The command log: one topic, its partitions shared out among the living nodes, its offsets kept in a consumer group. */
export class KafkaLog {
  readonly #options: KafkaLogOptions;
  readonly #lane: Lane;
  #producer: Producer;

  constructor(options: KafkaLogOptions) {
    this.#options = options;
    const { clients, log } = options;
    this.#producer = clients.idempotentProducer();
    this.#lane = new Lane({
      ...clients.settings,
      send: (records) => this.#send(records),
      failed: (error) => log.warn({ reason: reasonOf(error) }, 'Kafka did not take a batch; it is sent again'),
    });
  }

  publish(partition: number, payloads: readonly Uint8Array[]): Promise<void> {
    if (partition < 0 || partition >= this.#options.partitions)
      return Promise.reject(new RangeError(`there is no partition ${partition}`));
    return this.#lane.publish(partition, payloads);
  }

  async consume(told: LogConsumer, { maxBatch, canWork }: ConsumeOptions): Promise<Subscription> {
    const { clients, topic, partitions, heartbeats, log } = this.#options;
    const consumer = clients.consumer([topic]);
    const offsets = new Offsets(clients.consumer([topic]), topic);
    const feeds = new Map<number, Feed>();
    const fetcher = new Fetcher({
      consumer,
      topic,
      log,
      received: (partition, records) => feeds.get(partition)?.push(records),
      isFull: (partition) => isFull(feeds.get(partition), maxBatch),
    });
    const shares = new Shares({
      heartbeats,
      partitions,
      canWork,
      take: async (partition) => {
        const next = await offsets.next(partition);
        await told.assigned(partition);
        const feed = new Feed({
          partition,
          told,
          maxBatch,
          consumed: (records) => {
            offsets.consumed(partition, (records.at(-1)?.offset ?? 0) + 1);
            fetcher.wake();
          },
        });
        feeds.set(partition, feed);
        fetcher.add(partition, next);
      },
      release: async (partition) => {
        fetcher.remove(partition);
        await feeds.get(partition)?.stop();
        feeds.delete(partition);
        await offsets.flush();
        await told.revoked(partition);
      },
    });
    await shares.start();
    return {
      close: async () => {
        await shares.stop();
        fetcher.close();
        await Promise.all([closeClient(consumer), offsets.close()]);
      },
    };
  }

  async close(): Promise<void> {
    await this.#lane.close();
    await closeClient(this.#producer);
  }

  async #send(records: readonly Outgoing[]): Promise<void> {
    const { clients, topic } = this.#options;
    const bytes = records.reduce((sum, { payload }) => sum + payload.byteLength, 0);
    try {
      await this.#producer.send({
        messages: records.map(({ partition, payload }) => ({ topic, partition, value: asBuffer(payload) })),
        compression: bytes < compressFromBytes ? 'none' : clients.settings.compression,
      });
    } catch (error) {
      // What the driver remembers of sequence numbers after a failed send is not to be relied on.
      void closeClient(this.#producer);
      this.#producer = clients.idempotentProducer();
      throw error;
    }
  }
}

const isFull = (feed: Feed | undefined, maxBatch: number): boolean =>
  feed !== undefined && (feed.waitingBytes > maxAheadBytes || feed.waiting > maxBatch * maxAheadBatches);

const asBuffer = ({ buffer, byteOffset, byteLength }: Uint8Array): Buffer =>
  Buffer.from(buffer, byteOffset, byteLength);
