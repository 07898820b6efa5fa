import type { Channel } from 'amqplib';
import { Pieces } from '../pieces.ts';
import type { Subscription } from '../port.ts';
import { type Letter, Postbox } from '../postbox.ts';
import { openChannel, type RabbitConnection } from './connection.ts';
import type { Topology } from './topology.ts';
import { closeTimeoutMs, within } from './within.ts';

/** Messages that may wait in an inbox whose node is slow or has just died; the oldest go first. */
const maxWaiting = 100_000;
/** Bytes given to a socket that does not drain, above which sending waits. */
const drainTimeoutMs = 2_000;

export interface RabbitInboxesOptions {
  readonly outgoing: RabbitConnection;
  readonly incoming: RabbitConnection;
  readonly topology: Topology;
}

/**
 * One inbox a node: an exclusive queue, bound to its name; what is sent to a name without a queue vanishes. The queue has a
 * name of its own on every connection, since the former one's may outlive a connection that broke.
 */
export class RabbitInboxes {
  readonly #options: RabbitInboxesOptions;
  readonly #postbox: Postbox;
  #channel: Channel | undefined;

  constructor(options: RabbitInboxesOptions) {
    this.#options = options;
    this.#postbox = new Postbox((letters) => this.#send(letters));
  }

  send(node: string, payload: Uint8Array): void {
    this.#postbox.post(node, payload);
  }

  async open(node: string, receive: (payload: Uint8Array) => void): Promise<Subscription> {
    const { incoming, topology } = this.#options;
    let channel: Channel | undefined;
    const forget = await incoming.setUp(async (model) => {
      channel = await openChannel(model);
      const pieces = new Pieces(receive);
      await channel.assertExchange(topology.inboxes, 'direct', { durable: false });
      const { queue } = await channel.assertQueue('', {
        exclusive: true,
        autoDelete: true,
        durable: false,
        maxLength: maxWaiting,
      });
      await channel.bindQueue(queue, topology.inboxes, node);
      await channel.consume(queue, (message) => message !== null && pieces.received(message.content), { noAck: true });
    });
    this.#postbox.openLocal(node, receive);
    return {
      close: async () => {
        this.#postbox.closeLocal(node);
        forget();
        if (channel !== undefined) await within(closeTimeoutMs, channel.close()).catch(() => undefined);
      },
    };
  }

  async #send(letters: readonly Letter[]): Promise<void> {
    const channel = await this.#open();
    let isDrained = true;
    for (const { node, piece } of letters) isDrained = channel.publish(this.#options.topology.inboxes, node, piece);
    if (!isDrained) await drained(channel);
  }

  async #open(): Promise<Channel> {
    if (this.#channel !== undefined) return this.#channel;
    const channel = await openChannel(this.#options.outgoing.model);
    channel.on('close', () => {
      if (this.#channel === channel) this.#channel = undefined;
    });
    this.#channel = channel;
    return channel;
  }
}

function drained(channel: Channel): Promise<void> {
  return new Promise((resolve) => {
    const end = (): void => {
      clearTimeout(timer);
      channel.off('drain', end);
      channel.off('close', end);
      resolve();
    };
    const timer = setTimeout(end, drainTimeoutMs);
    channel.once('drain', end);
    channel.once('close', end);
  });
}
