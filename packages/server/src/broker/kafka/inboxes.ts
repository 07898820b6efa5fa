import type { Producer } from '@platformatic/kafka';
import type { Log } from '../../log.ts';
import { Pieces } from '../pieces.ts';
import type { Subscription } from '../port.ts';
import { type Letter, Postbox } from '../postbox.ts';
import { fnv } from '../rendezvous.ts';
import { closeClient, type KafkaClients } from './client.ts';
import { Fetcher } from './fetcher.ts';

const compressFromBytes = 1024;

export interface KafkaInboxesOptions {
  readonly clients: KafkaClients;
  readonly topic: string;
  readonly producer: Producer;
  readonly log: Log;
}

/** One inbox a node: what is sent to it lies in the partition its name hashes to, under its name as the key. */
export class KafkaInboxes {
  readonly #options: KafkaInboxesOptions;
  readonly #postbox: Postbox;

  constructor(options: KafkaInboxesOptions) {
    this.#options = options;
    this.#postbox = new Postbox((letters) => this.#send(letters));
  }

  send(node: string, payload: Uint8Array): void {
    this.#postbox.post(node, payload);
  }

  async open(node: string, receive: (payload: Uint8Array) => void): Promise<Subscription> {
    const { clients, topic, log } = this.#options;
    const consumer = clients.consumer([topic]);
    const partition = this.#partitionOf(node);
    const pieces = new Pieces(receive);
    const received = (_partition: number, records: readonly { key: Buffer | null; payload: Buffer }[]): void => {
      // Others whose names hash alike have their inbox here too.
      for (const { key, payload } of records) if (key?.toString() === node) pieces.received(payload);
    };
    const asked = { topics: [topic], partitions: { [topic]: [partition] } };
    const ends = await consumer.listOffsets(asked).catch(async (error: unknown) => {
      await closeClient(consumer);
      throw error;
    });
    const fetcher = new Fetcher({ consumer, topic, log, received });
    fetcher.add(partition, ends.get(topic)?.[partition] ?? 0n);
    this.#postbox.openLocal(node, receive);
    return {
      close: async () => {
        this.#postbox.closeLocal(node);
        fetcher.close();
        await closeClient(consumer);
      },
    };
  }

  async #send(letters: readonly Letter[]): Promise<void> {
    const { topic, producer, clients } = this.#options;
    const bytes = letters.reduce((sum, { piece }) => sum + piece.byteLength, 0);
    await producer.send({
      messages: letters.map(({ node, piece }) => ({
        topic,
        partition: this.#partitionOf(node),
        key: Buffer.from(node),
        value: piece,
      })),
      acks: 1,
      compression: bytes < compressFromBytes ? 'none' : clients.settings.compression,
    });
  }

  #partitionOf(node: string): number {
    return fnv(node) % this.#options.clients.settings.inboxes;
  }
}
