import type { Channel } from 'amqplib';
import { Heartbeats } from '../heartbeats.ts';
import { openChannel, type RabbitConnection } from './connection.ts';
import type { Topology } from './topology.ts';
import { closeTimeoutMs, within } from './within.ts';

export interface RabbitMembersOptions {
  readonly outgoing: RabbitConnection;
  readonly incoming: RabbitConnection;
  readonly topology: Topology;
}

/** The living nodes, by beats through a fan-out exchange. */
export class RabbitMembers {
  readonly heartbeats: Heartbeats;
  readonly #options: RabbitMembersOptions;
  #channel: Channel | undefined;

  constructor(options: RabbitMembersOptions) {
    this.#options = options;
    this.heartbeats = new Heartbeats({ publish: (beat) => this.#channel?.publish(options.topology.beats, '', beat) });
  }

  async open(): Promise<void> {
    const { outgoing, incoming, topology } = this.#options;
    await incoming.setUp(async (model) => {
      const channel = await openChannel(model);
      await channel.assertExchange(topology.beats, 'fanout', { durable: false });
      const { queue } = await channel.assertQueue('', { exclusive: true, durable: false, maxLength: 10_000 });
      await channel.bindQueue(queue, topology.beats, '');
      const received = (content: Buffer | undefined): void => content && this.heartbeats.received(content);
      await channel.consume(queue, (message) => received(message?.content), { noAck: true });
    });
    await outgoing.setUp(async (model) => {
      const channel = await openChannel(model);
      this.#channel = channel;
      channel.on('close', () => {
        if (this.#channel === channel) this.#channel = undefined;
      });
    });
    this.heartbeats.start();
  }

  async close(): Promise<void> {
    this.heartbeats.stop();
    // The goodbye goes out before its channel does.
    const channel = this.#channel;
    if (channel !== undefined) await within(closeTimeoutMs, channel.close()).catch(() => undefined);
  }
}
