import { setImmediate as turn } from 'node:timers/promises';
import type { Broker, LogConsumer, LogRecord } from '../../../src/broker/port.ts';
import { bytes, text } from './engine.ts';

/**
 * What was published to each partition and what became of it, held against the log's promises as it happens: batches
 * follow the order of the log, and none skips a record that nobody has consumed yet.
 */
export class Ledger {
  readonly violations: string[] = [];
  readonly #published = new Map<number, number>();
  readonly #consumed = new Map<number, number>();

  published(partition: number): number {
    return this.#published.get(partition) ?? 0;
  }

  /** How many of the partition's first records are consumed without a gap. */
  consumed(partition: number): number {
    return this.#consumed.get(partition) ?? 0;
  }

  /** Records published and not consumed yet. */
  get waiting(): number {
    return [...this.#published].reduce((sum, [partition, count]) => sum + count - this.consumed(partition), 0);
  }

  get isConsumed(): boolean {
    return this.waiting === 0;
  }

  /** The next `count` records of a partition, numbered. */
  next(partition: number, count: number): Uint8Array[] {
    const first = this.published(partition);
    this.#published.set(partition, first + count);
    return Array.from({ length: count }, (_, index) => bytes(`${partition}:${first + index}`));
  }

  async publish(broker: Broker, partition: number, count: number, perCall = count): Promise<void> {
    const calls: Promise<void>[] = [];
    for (let sent = 0; sent < count; sent += perCall)
      calls.push(broker.publish(partition, this.next(partition, Math.min(perCall, count - sent))));
    await Promise.all(calls);
  }

  delivered(who: string, partition: number, records: readonly LogRecord[]): void {
    const numbers = records.map(({ payload }) => text(payload));
    const first = Number(numbers[0]?.split(':')[1]);
    const expected = records.map((_, index) => `${partition}:${first + index}`);
    if (numbers.join() !== expected.join()) this.violations.push(`${who} got ${numbers.join(' ')} out of order`);
    if (first > this.consumed(partition))
      this.violations.push(`${who} got ${partition}:${first} while ${this.consumed(partition)} was not consumed yet`);
    for (const [index, { offset }] of records.entries()) {
      const former = records[index - 1]?.offset;
      if (former !== undefined && offset <= former) this.violations.push(`${who}: offset ${offset} after ${former}`);
    }
  }

  done(partition: number, records: readonly LogRecord[]): void {
    const last = Number(text(records.at(-1)?.payload ?? bytes('')).split(':')[1]);
    this.#consumed.set(partition, Math.max(this.consumed(partition), last + 1));
  }
}

/** A consumer that does what the test says with each batch and reports to the ledger. */
export class Recorder implements LogConsumer {
  readonly owned = new Set<number>();
  readonly batches: { readonly partition: number; readonly records: readonly LogRecord[] }[] = [];
  readonly #name: string;
  readonly #ledger: Ledger;
  readonly #handle: (partition: number, records: readonly LogRecord[]) => Promise<void>;
  readonly #ready = new Set<number>();
  readonly #running = new Set<number>();

  /** @param handle what the consumer does with a batch; a rejection refuses it */
  constructor(
    name: string,
    ledger: Ledger,
    handle: (partition: number, records: readonly LogRecord[]) => Promise<void> = () => Promise.resolve(),
  ) {
    this.#name = name;
    this.#ledger = ledger;
    this.#handle = handle;
  }

  async assigned(partition: number): Promise<void> {
    await turn();
    await turn();
    this.owned.add(partition);
    this.#ready.add(partition);
  }

  revoked(partition: number): Promise<void> {
    this.owned.delete(partition);
    return Promise.resolve();
  }

  async batch(partition: number, records: readonly LogRecord[]): Promise<void> {
    const violate = (what: string): unknown => this.#ledger.violations.push(`${this.#name}, ${partition}: ${what}`);
    if (!this.#ready.has(partition)) violate('records before the assignment resolved');
    if (this.#running.has(partition)) violate('a batch while another was under way');
    if (records.length === 0) violate('a batch of nothing');
    this.#running.add(partition);
    this.batches.push({ partition, records });
    this.#ledger.delivered(this.#name, partition, records);
    try {
      await this.#handle(partition, records);
      this.#ledger.done(partition, records);
    } finally {
      this.#running.delete(partition);
    }
  }
}
