import type { Broker } from '../broker/port.ts';
import { envelopeFor, type LogEntry } from '../envelope.ts';

interface Batch {
  readonly payloads: Uint8Array[];
  readonly published: Promise<void>;
}

/** Publishes to the log: what comes in one tick goes to each partition in one call, in order. */
export class Publisher {
  readonly #broker: Broker;
  readonly #defer: (callback: () => void) => void;
  readonly #batches = new Map<number, Batch>();

  /** @param defer calls back at the end of the tick: `setImmediate`, or the simulation's scheduler */
  constructor(broker: Broker, defer: (callback: () => void) => void) {
    this.#broker = broker;
    this.#defer = defer;
  }

  /** Resolves when the log has the entry; rejects with `unavailable`. */
  publish(partition: number, entry: LogEntry): Promise<void> {
    const payload = envelopeFor(this.#broker, entry);
    const batch = this.#batches.get(partition);
    if (batch !== undefined) {
      batch.payloads.push(payload);
      return batch.published;
    }
    const payloads = [payload];
    const published = new Promise<void>((resolve, reject) => {
      this.#defer(() => {
        this.#batches.delete(partition);
        this.#broker.publish(partition, payloads).then(resolve, reject);
      });
    });
    this.#batches.set(partition, { payloads, published });
    return published;
  }
}
