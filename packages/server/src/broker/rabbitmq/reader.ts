import type { Channel, ChannelModel, ConsumeMessage } from 'amqplib';
import type { Log } from '../../log.ts';
import { reasonOf } from '../../patience.ts';
import { Feed } from '../feed.ts';
import type { LogConsumer } from '../port.ts';
import { openChannel, type RabbitConnection } from './connection.ts';
import { closeTimeoutMs, within } from './within.ts';

/** Two batches: one with the consumer, the next on its way. */
const prefetchBatches = 2;
const retryAfterMs = 500;

export interface ReaderOptions {
  readonly connection: RabbitConnection;
  readonly queue: string;
  readonly partition: number;
  readonly told: LogConsumer;
  readonly maxBatch: number;
  readonly log: Log;
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
    // Not waited for: a queue without a majority takes a minute to say no, and the others must not wait for it.
    this.#forget = await this.#options.connection.setUp((model) => {
      void this.#consumeFrom(model);
      return Promise.resolve();
    });
  }

  /** Finishes the batch under way; the closed channel gives the rest back to the queue, in its place. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#forget();
    await this.#feed?.stop();
    const channel = this.#channel;
    this.#channel = undefined;
    if (channel !== undefined) await within(closeTimeoutMs, channel.close()).catch(() => undefined);
  }

  /** Until it works, the reader stops, or the connection ends: the next one begins anew. */
  async #consumeFrom(model: ChannelModel): Promise<void> {
    const { connection } = this.#options;
    while (!this.#isStopped && connection.isNow(model)) {
      try {
        await this.#consume(model);
        return;
      } catch (error) {
        const { queue, log } = this.#options;
        log.warn({ queue, reason: reasonOf(error) }, 'cannot consume');
        await new Promise((resolve) => setTimeout(resolve, retryAfterMs));
      }
    }
  }

  async #consume(model: ChannelModel): Promise<void> {
    const { queue, partition, told, maxBatch } = this.#options;
    // The batch of a channel that broke: whatever becomes of it, its records come again.
    await this.#feed?.stop();
    const channel = await openChannel(model);
    if (this.#isStopped) {
      await channel.close();
      return;
    }
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
    let isConsuming = false;
    channel.on('close', () => {
      if (this.#channel !== channel) return;
      this.#channel = undefined;
      if (isConsuming) setTimeout(() => void this.#consumeFrom(model), retryAfterMs);
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
    // It may have ended in the read that brought the answer, before anybody would have begun anew.
    if (this.#channel !== channel && !this.#isStopped) throw new Error('its channel was closed as soon as it was open');
    isConsuming = true;
  }
}
