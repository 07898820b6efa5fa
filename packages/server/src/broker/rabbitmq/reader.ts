import type { Channel, ChannelModel, ConsumeMessage } from 'amqplib';
import { Feed } from '../feed.ts';
import type { LogConsumer } from '../port.ts';
import { openChannel, type RabbitConnection } from './connection.ts';

/** Two batches: one with the consumer, the next on its way. */
const prefetchBatches = 2;

export interface ReaderOptions {
  readonly connection: RabbitConnection;
  readonly queue: string;
  readonly partition: number;
  readonly told: LogConsumer;
  readonly maxBatch: number;
}

/**
 * Consumes one partition on a channel of its own, so that one acknowledgement covers a batch and nothing of another
 * partition. What is refused is held here and tried again: given back to its queue it would come after later records.
 */
export class Reader {
  readonly #options: ReaderOptions;
  #channel: Channel | undefined;
  #feed: Feed | undefined;
  #offset = 0;
  #isStopped = false;
  #forget: () => void = () => undefined;

  constructor(options: ReaderOptions) {
    this.#options = options;
  }

  async start(): Promise<void> {
    this.#forget = await this.#options.connection.setUp((model) => this.#consume(model));
  }

  /** Finishes the batch under way; the closed channel gives the rest back to the queue, in its place. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#forget();
    await this.#feed?.stop();
    await this.#channel?.close().catch(() => undefined);
  }

  async #consume(model: ChannelModel): Promise<void> {
    if (this.#isStopped) return;
    const { queue, partition, told, maxBatch, connection } = this.#options;
    // The batch of a connection that broke: whatever becomes of it, its records come again.
    await this.#feed?.stop();
    const channel = await openChannel(model);
    const messages: ConsumeMessage[] = [];
    const feed = new Feed({
      partition,
      told,
      maxBatch,
      consumed: (records) => {
        const last = messages.splice(0, records.length).at(-1);
        // On a channel that has ended the acknowledgement would throw, and the records come again anyhow.
        if (last !== undefined && this.#channel === channel) channel.ack(last, true);
      },
    });
    [this.#channel, this.#feed] = [channel, feed];
    channel.on('close', () => {
      if (this.#channel !== channel) return;
      this.#channel = undefined;
      void this.#again(connection);
    });
    await channel.prefetch(maxBatch * prefetchBatches);
    await channel.consume(queue, (message) => {
      if (message === null) {
        // The server ended the consumer: its queue was deleted, or its leader moved.
        void channel.close().catch(() => undefined);
        return;
      }
      messages.push(message);
      feed.push([{ payload: message.content, offset: ++this.#offset }]);
    });
  }

  /** Consumes on another channel when only this one ended; a connection that ended sets up everything by itself. */
  async #again(connection: RabbitConnection): Promise<void> {
    await new Promise((resolve) => setTimeout(resolve, 500));
    if (this.#isStopped || this.#channel !== undefined) return;
    try {
      await this.#consume(connection.model);
    } catch {
      // Away: the next connection sets it up.
    }
  }
}
