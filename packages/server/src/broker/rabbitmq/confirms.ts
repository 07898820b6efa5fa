import type { ConfirmChannel } from 'amqplib';
import { openConfirmChannel, type RabbitConnection } from './connection.ts';
import { within } from './within.ts';

/** A queue that confirms nothing for so long has lost its majority, or its server hangs; what was sent is sent again. */
const confirmTimeoutMs = 5_000;

/** Publishes to durable queues and waits until the servers have confirmed that most of them hold it on disk. */
export class Confirms {
  readonly #connection: RabbitConnection;
  #channel: Promise<ConfirmChannel> | undefined;
  /** Messages that no queue took, by their ids. */
  readonly #returned = new Set<string>();
  #lastId = 0;

  constructor(connection: RabbitConnection) {
    this.#connection = connection;
  }

  /** Calls for different queues may overlap. @throws Error when any may not have been taken */
  async publish(queue: string, contents: readonly Buffer[]): Promise<void> {
    const channel = await this.#open();
    const ids = contents.map(() => String(++this.#lastId));
    const confirmed = contents.map((content, index) => this.#send(channel, queue, content, ids[index] ?? ''));
    await within(confirmTimeoutMs, Promise.all(confirmed));
    // A message that is returned is returned before it is confirmed.
    const isLost = ids.map((messageId) => this.#returned.delete(messageId)).includes(true);
    if (isLost) throw new Error(`the queue ${queue} is gone`);
  }

  #send(channel: ConfirmChannel, queue: string, content: Buffer, messageId: string): Promise<void> {
    return new Promise((resolve, reject) => {
      channel.sendToQueue(queue, content, { persistent: true, mandatory: true, messageId }, (error: unknown) => {
        if (error === null || error === undefined) resolve();
        else reject(error instanceof Error ? error : new Error('the server refused it'));
      });
    });
  }

  #open(): Promise<ConfirmChannel> {
    this.#channel ??= this.#make().catch((error: unknown) => {
      this.#channel = undefined;
      throw error;
    });
    return this.#channel;
  }

  async #make(): Promise<ConfirmChannel> {
    const channel = await openConfirmChannel(this.#connection.model);
    const made = this.#channel;
    channel.on('close', () => {
      this.#returned.clear();
      if (this.#channel === made) this.#channel = undefined;
    });
    channel.on('return', ({ properties }) => this.#returned.add(String(properties.messageId)));
    return channel;
  }
}
