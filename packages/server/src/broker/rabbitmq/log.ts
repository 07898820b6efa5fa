import type { Log } from '../../log.ts';
import { reasonOf } from '../../patience.ts';
import type { Heartbeats } from '../heartbeats.ts';
import { Lane } from '../lane.ts';
import type { LogConsumer, Subscription } from '../port.ts';
import { Shares } from '../shares.ts';
import { Confirms } from './confirms.ts';
import type { RabbitConnection } from './connection.ts';
import { Reader } from './reader.ts';
import type { Topology } from './topology.ts';
import type { RabbitSettings } from './url.ts';

export interface RabbitLogOptions {
  readonly settings: RabbitSettings;
  /** For what is published: RabbitMQ holds back a connection that publishes too much, and consuming must go on. */
  readonly outgoing: RabbitConnection;
  readonly incoming: RabbitConnection;
  readonly topology: Topology;
  readonly partitions: number;
  readonly heartbeats: Heartbeats;
  readonly log: Log;
}

/** The command log: a quorum queue for each partition, shared out among the living nodes. */
export class RabbitLog {
  readonly #options: RabbitLogOptions;
  readonly #lane: Lane;

  constructor(options: RabbitLogOptions) {
    this.#options = options;
    const { settings, outgoing, topology, log } = options;
    const confirms = new Confirms(outgoing);
    this.#lane = new Lane({
      ...settings,
      send: (records) =>
        confirms.publish(
          records.map(({ partition, payload: { buffer, byteOffset, byteLength } }) => ({
            queue: topology.logQueue(partition),
            content: Buffer.from(buffer, byteOffset, byteLength),
          })),
        ),
      failed: (error) => log.warn({ reason: reasonOf(error) }, 'RabbitMQ did not take a batch; it is sent again'),
    });
  }

  publish(partition: number, payloads: readonly Uint8Array[]): Promise<void> {
    if (partition < 0 || partition >= this.#options.partitions)
      return Promise.reject(new RangeError(`there is no partition ${partition}`));
    return this.#lane.publish(partition, payloads);
  }

  async consume(told: LogConsumer, maxBatch: number): Promise<Subscription> {
    const { incoming: connection, topology, partitions, heartbeats } = this.#options;
    const readers = new Map<number, Reader>();
    const shares = new Shares({
      heartbeats,
      partitions,
      take: async (partition) => {
        await told.assigned(partition);
        const reader = new Reader({ connection, queue: topology.logQueue(partition), partition, told, maxBatch });
        await reader.start();
        readers.set(partition, reader);
      },
      release: async (partition) => {
        await readers.get(partition)?.stop();
        readers.delete(partition);
        await told.revoked(partition);
      },
    });
    await shares.start();
    return { close: () => shares.stop() };
  }

  close(): Promise<void> {
    return this.#lane.close();
  }
}
