import type { Producer } from '@platformatic/kafka';
import type { Log } from '../../log.ts';
import { Heartbeats } from '../heartbeats.ts';
import { closeClient, type KafkaClients } from './client.ts';
import { Fetcher } from './fetcher.ts';

export interface KafkaMembersOptions {
  readonly clients: KafkaClients;
  readonly topic: string;
  readonly producer: Producer;
  readonly log: Log;
}

/** The living nodes, by beats in a topic of one partition, which every node reads from its end. */
export class KafkaMembers {
  readonly heartbeats: Heartbeats;
  readonly #options: KafkaMembersOptions;
  #next: Buffer | undefined;
  #sending: Promise<void> | undefined;
  #close: () => Promise<void> = () => Promise.resolve();

  constructor(options: KafkaMembersOptions) {
    this.#options = options;
    this.heartbeats = new Heartbeats({ publish: (beat) => this.#publish(beat) });
  }

  async open(): Promise<void> {
    const { clients, topic, log } = this.#options;
    const consumer = clients.consumer([topic]);
    const received = (_partition: number, records: readonly { payload: Buffer }[]): void => {
      for (const { payload } of records) this.heartbeats.received(payload);
    };
    const fetcher = new Fetcher({ consumer, topic, log, received });
    const close = async (): Promise<void> => {
      fetcher.close();
      await closeClient(consumer);
    };
    try {
      const ends = await consumer.listOffsets({ topics: [topic] });
      fetcher.add(0, ends.get(topic)?.[0] ?? 0n);
    } catch (error) {
      await close();
      throw error;
    }
    this.heartbeats.start();
    this.#close = close;
  }

  async close(): Promise<void> {
    this.heartbeats.stop();
    await this.#sending;
    await this.#close();
  }

  /** Only the newest beat waits while one is under way. */
  #publish(beat: Buffer): void {
    this.#next = beat;
    this.#sending ??= this.#run();
  }

  async #run(): Promise<void> {
    const { topic, producer } = this.#options;
    while (this.#next !== undefined) {
      const value = this.#next;
      this.#next = undefined;
      // A beat that is lost is followed by another.
      await producer.send({ messages: [{ topic, partition: 0, value }], acks: 1 }).catch(() => undefined);
    }
    this.#sending = undefined;
  }
}
