import type { Log } from '../../log.ts';
import { reasonOf } from '../../patience.ts';
import type { Heartbeats } from '../heartbeats.ts';
import { Lane, type Outgoing } from '../lane.ts';
import type { ConsumeOptions, LogConsumer, Subscription } from '../port.ts';
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
  readonly #lanes: readonly Lane[];

  constructor(options: RabbitLogOptions) {
    this.#options = options;
    const { settings, outgoing, topology, partitions, log } = options;
    const confirms = new Confirms(outgoing);
    const room = { records: 0, bytes: 0 };
    // A lane for each partition: a queue that has lost its majority must not hold up the others.
    this.#lanes = Array.from({ length: partitions }, (_, partition) => {
      const queue = topology.logQueue(partition);
      return new Lane({
        ...settings,
        room,
        send: (records) => confirms.publish(queue, records.map(asBuffer)),
        failed: (error) => {
          // That the engine is away its connection has said, once for all queues.
          const level = outgoing.isAway ? 'debug' : 'warn';
          log[level]({ queue, reason: reasonOf(error) }, 'RabbitMQ did not take a batch; it is sent again');
        },
      });
    });
  }

  publish(partition: number, payloads: readonly Uint8Array[]): Promise<void> {
    const lane = this.#lanes[partition];
    if (lane === undefined) return Promise.reject(new RangeError(`there is no partition ${partition}`));
    return lane.publish(partition, payloads);
  }

  async consume(told: LogConsumer, { maxBatch, canWork }: ConsumeOptions): Promise<Subscription> {
    const { incoming: connection, topology, partitions, heartbeats, log } = this.#options;
    const readers = new Map<number, Reader>();
    const shares = new Shares({
      heartbeats,
      partitions,
      canWork,
      take: async (partition) => {
        await told.assigned(partition);
        const reader = new Reader({ connection, queue: topology.logQueue(partition), partition, told, maxBatch, log });
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

  async close(): Promise<void> {
    await Promise.all(this.#lanes.map((lane) => lane.close()));
  }
}

const asBuffer = ({ payload: { buffer, byteOffset, byteLength } }: Outgoing): Buffer =>
  Buffer.from(buffer, byteOffset, byteLength);
