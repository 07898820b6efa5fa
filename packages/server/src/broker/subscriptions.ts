import type { Subscription } from './port.ts';

/** What was opened through a broker and is not closed yet: whoever closes the broker closes it too. */
export class Subscriptions {
  readonly #open = new Set<Subscription>();

  async keep(opening: Promise<Subscription>): Promise<Subscription> {
    const inner = await opening;
    const subscription = {
      close: async () => {
        if (this.#open.delete(subscription)) await inner.close();
      },
    };
    this.#open.add(subscription);
    return subscription;
  }

  /** Last opened first. */
  async closeAll(): Promise<void> {
    for (const subscription of [...this.#open].toReversed()) await subscription.close();
  }
}
