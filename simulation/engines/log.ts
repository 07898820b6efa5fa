import { ParleyError } from '@parley/protocol';
import type { LogConsumer, LogRecord, Subscription } from '../../packages/server/src/broker/port.ts';
import { delayMs, Links } from '../time/link.ts';
import type { Process } from '../time/process.ts';
import type { Scheduler } from '../time/scheduler.ts';
import type { Conditions } from './conditions.ts';
import { Lease } from './lease.ts';
import { Liveness } from './liveness.ts';

export interface Consumer {
  readonly process: Process;
  readonly told: LogConsumer;
  readonly maxBatch: number;
  /** Those that it believes in: what has been taken from it meanwhile is here until it is told. */
  readonly leases: Set<Lease>;
}

export interface Partition {
  readonly number: number;
  readonly records: LogRecord[];
  /** How many records count as consumed. */
  committed: number;
  lease: Lease | undefined;
  /** Everybody who believes to own it, rightly or not. */
  readonly leases: Set<Lease>;
}

const publishTimeoutMs = 2_000;

/**
 * A durable partitioned log with a group of consumers: at least once, ordered within a partition, and as little sure of who
 * owns a partition as a real one. An owner that falls silent is replaced, and learns of it when it is heard of again.
 */
export class SimulatedLog {
  readonly scheduler: Scheduler;
  readonly conditions: Conditions;
  readonly commitsAfterBatch: boolean;
  readonly #partitions: readonly Partition[];
  readonly #links: Links;
  readonly #group: Liveness<Consumer>;

  constructor(
    scheduler: Scheduler,
    conditions: Conditions,
    options: { partitions: number; sessionTimeoutMs: number; commitsAfterBatch: boolean },
  ) {
    this.scheduler = scheduler;
    this.conditions = conditions;
    this.commitsAfterBatch = options.commitsAfterBatch;
    this.#links = new Links(scheduler);
    this.#partitions = Array.from({ length: options.partitions }, (_, number) => ({
      number,
      records: [],
      committed: 0,
      lease: undefined,
      leases: new Set(),
    }));
    this.#group = new Liveness<Consumer>(scheduler, conditions, options.sessionTimeoutMs, () => this.#spread());
  }

  publish(process: Process, number: number, payloads: readonly Uint8Array[]): Promise<void> {
    const { scheduler, conditions } = this;
    const partition = this.#partitions[number];
    if (partition === undefined) return Promise.reject(new RangeError(`there is no partition ${number}`));
    const published = new Promise<void>((resolve, reject) => {
      const fail = (ms: number): void => {
        scheduler.after(ms, () => reject(new ParleyError('unavailable', { message: 'the log did not answer' })));
      };
      const take = (): void => {
        for (const payload of payloads) partition.records.push({ payload, offset: partition.records.length });
        for (const lease of partition.leases) lease.wake();
      };
      this.#links.between(process.name, String(number)).carry(() => {
        if (conditions.isBrokerDown || process.cutFrom.has('broker')) return fail(publishTimeoutMs);
        if (scheduler.random.chance(conditions.publishFailures)) {
          if (scheduler.random.chance(0.5)) take();
          return fail(scheduler.random.chance(0.5) ? 1 : publishTimeoutMs);
        }
        take();
        scheduler.after(delayMs(scheduler), resolve);
      });
    });
    return process.settle(published);
  }

  /** Everything that was ever published. */
  *payloads(): Generator<Uint8Array> {
    for (const { records } of this.#partitions) for (const { payload } of records) yield payload;
  }

  consume(process: Process, told: LogConsumer, maxBatch: number): Promise<Subscription> {
    const consumer: Consumer = { process, told, maxBatch, leases: new Set() };
    const leave = this.#group.add(consumer, process);
    return Promise.resolve({
      close: () => {
        leave();
        return Promise.resolve();
      },
    });
  }

  /** Gives partitions to other owners for no reason, as groups do. */
  shuffle(): void {
    for (const partition of this.#partitions) if (this.scheduler.random.chance(0.5)) this.#move(partition);
  }

  /** Every partition has a live owner, and nobody much more than their share. */
  #spread(): void {
    const alive = this.#group.alive;
    const most = Math.ceil(this.#partitions.length / Math.max(1, alive.length));
    for (const partition of this.#partitions) {
      const owner = partition.lease?.consumer;
      if (owner === undefined || !alive.includes(owner) || this.#countOf(owner) > most) this.#move(partition);
    }
  }

  #countOf(consumer: Consumer): number {
    return this.#partitions.filter(({ lease }) => lease?.consumer === consumer).length;
  }

  #move(partition: Partition): void {
    const former = partition.lease;
    const others = this.#group.alive.filter((consumer) => consumer !== former?.consumer);
    if (others.length === 0) {
      if (former === undefined || this.#group.alive.includes(former.consumer)) return;
      partition.lease = undefined;
      former.lost();
      return;
    }
    const least = Math.min(...others.map((consumer) => this.#countOf(consumer)));
    const consumer = this.scheduler.random.pick(others.filter((other) => this.#countOf(other) === least));
    const lease = new Lease(this, partition, consumer);
    partition.lease = lease;
    this.scheduler.trace.note(
      this.scheduler.now,
      'log',
      `partition ${partition.number} goes to ${consumer.process.name}`,
    );
    // Sometimes the former owner may finish what it is doing; often it is not even asked.
    const handedOver = former !== undefined && this.scheduler.random.chance(0.5) ? former.finished() : undefined;
    former?.lost();
    lease.begin(handedOver);
  }
}
