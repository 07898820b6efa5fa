import type { ConfirmChannel } from 'amqplib';
import { openConfirmChannel, type RabbitConnection } from './connection.ts';

/** A server that confirms nothing for so long is given up, and what was sent is sent again. */
const confirmTimeoutMs = 10_000;

/** One message on its way to a queue. */
export interface ToQueue {
  readonly queue: string;
  readonly content: Buffer;
}

/** Publishes to durable queues and waits until the servers have confirmed that most of them hold it on disk. */
export class Confirms {
  readonly #connection: RabbitConnection;
  #channel: ConfirmChannel | undefined;
  #returned: string[] = [];

  constructor(connection: RabbitConnection) {
    this.#connection = connection;
  }

  /** One call at a time. @throws Error when any may not have been taken */
  async publish(messages: readonly ToQueue[]): Promise<void> {
    const channel = await this.#open();
    this.#returned = [];
    const confirmed = new Promise<void>((resolve, reject) => {
      const fail = (): void => reject(new Error('the channel closed before everything was confirmed'));
      channel.once('close', fail);
      for (const { queue, content } of messages)
        channel.sendToQueue(queue, content, { persistent: true, mandatory: true });
      channel.waitForConfirms().then(() => {
        channel.off('close', fail);
        resolve();
      }, reject);
    });
    try {
      await within(confirmTimeoutMs, confirmed);
    } catch (error) {
      this.#channel = undefined;
      await within(1_000, channel.close()).catch(() => undefined);
      throw error;
    }
    if (this.#returned.length > 0) throw new Error(`no queue took what was meant for ${this.#returned[0]}`);
  }

  async #open(): Promise<ConfirmChannel> {
    if (this.#channel !== undefined) return this.#channel;
    const channel = await openConfirmChannel(this.#connection.model);
    channel.on('close', () => {
      if (this.#channel === channel) this.#channel = undefined;
    });
    channel.on('return', ({ fields }) => {
      this.#returned.push(fields.routingKey);
    });
    this.#channel = channel;
    return channel;
  }
}

async function within<Result>(ms: number, work: Promise<Result>): Promise<Result> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${ms / 1_000} s`)), ms);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
