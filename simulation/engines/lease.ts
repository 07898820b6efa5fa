import type { LogRecord } from '../../packages/server/src/broker/port.ts';
import { delayMs } from '../time/link.ts';
import type { Consumer, Partition, SimulatedLog } from './log.ts';
import { textOf } from './payload.ts';

/** A batch that was refused comes again after so long, doubling up to the longest. */
const firstRedeliveryMs = 50;
const longestRedeliveryMs = 2_000;
/** How long an owner that is still reachable may take to finish its batch when a partition moves. */
const handOverMs = 1_000;
/** An owner that cannot be reached is told later. */
const tellAgainMs = 400;

/**
 * One consumer's time as the owner of a partition, from when it is told until it is told otherwise: longer than it really
 * lasts, and until then it reads on, as consumers may whose group has given them up.
 */
export class Lease {
  readonly consumer: Consumer;
  readonly #log: SimulatedLog;
  readonly #partition: Partition;
  /** The next record to deliver. */
  #position: number;
  #isReady = false;
  #isBusy = false;
  #isToldRevoked = false;
  #pauseMs = firstRedeliveryMs;
  readonly #whenIdle: (() => void)[] = [];

  constructor(log: SimulatedLog, partition: Partition, consumer: Consumer) {
    this.#log = log;
    this.#partition = partition;
    this.consumer = consumer;
    this.#position = partition.committed;
    consumer.leases.add(this);
    partition.leases.add(this);
  }

  get isCurrent(): boolean {
    return this.#partition.lease === this;
  }

  /** Tells the consumer that the partition is its own, and delivers from the last commit on. */
  begin(handedOver: Promise<void> | undefined): void {
    const { scheduler } = this.#log;
    const start = (): void => {
      scheduler.after(delayMs(scheduler), () =>
        this.consumer.process.run(() => {
          if (this.#isToldRevoked) return;
          void this.consumer.told.assigned(this.#partition.number).then(() => {
            this.#position = this.#partition.committed;
            this.#isReady = true;
            this.wake();
          });
        }),
      );
    };
    // Somebody who gets a partition back before having learned of its loss learns of that first, and ends what it was doing:
    // calls for one partition never overlap at one consumer.
    const earlier = [...this.consumer.leases].filter((lease) => lease !== this && lease.#partition === this.#partition);
    for (const lease of earlier) lease.tellRevoked();
    const ended = earlier.map((lease) => lease.#ended());
    if (handedOver !== undefined) ended.push(handedOver);
    if (ended.length === 0) start();
    else void Promise.all(ended).then(start);
  }

  /** The partition is another's from now on. A consumer that can be reached is told; others go on in good faith. */
  lost(): void {
    const { scheduler } = this.#log;
    scheduler.after(delayMs(scheduler) + scheduler.random.next() * 500, () => this.#tryToTell());
  }

  #tryToTell(): void {
    const { process } = this.consumer;
    if (this.#isToldRevoked || process.isDead) return;
    const isReachable = process.isRunning && !process.cutFrom.has('broker') && !process.cutFrom.has('heartbeats');
    if (isReachable) this.tellRevoked();
    else this.#log.scheduler.after(tellAgainMs, () => this.#tryToTell());
  }

  tellRevoked(): void {
    if (this.#isToldRevoked) return;
    this.#isToldRevoked = true;
    this.consumer.leases.delete(this);
    this.#partition.leases.delete(this);
    this.consumer.process.run(() => void this.consumer.told.revoked(this.#partition.number));
  }

  /** Resolves when the batch under way is done, or has taken too long. */
  finished(): Promise<void> {
    return new Promise((resolve) => {
      this.#log.scheduler.after(handOverMs, resolve);
      void this.#ended().then(resolve);
    });
  }

  #ended(): Promise<void> {
    if (!this.#isBusy) return Promise.resolve();
    return new Promise((resolve) => this.#whenIdle.push(resolve));
  }

  /** There may be something to deliver. */
  wake(): void {
    const { scheduler } = this.#log;
    if (this.#isBusy || !this.#isReady || this.#isToldRevoked || this.consumer.process.isDead) return;
    if (this.#position >= this.#partition.records.length) return;
    this.#isBusy = true;
    scheduler.after(delayMs(scheduler), () => this.#deliver());
  }

  #deliver(): void {
    const { scheduler, conditions } = this.#log;
    const { process, maxBatch, told } = this.consumer;
    if (process.isDead) return;
    if (conditions.isBrokerDown || process.cutFrom.has('broker')) {
      scheduler.after(100, () => this.#deliver());
      return;
    }
    const size = scheduler.random.chance(0.3) ? scheduler.random.between(1, 3) : maxBatch;
    const end = Math.min(this.#position + size, this.#partition.records.length);
    const batch = this.#partition.records.slice(this.#position, end);
    if (!this.#log.commitsAfterBatch) this.#commit(end);
    process.run(() => {
      if (this.#isToldRevoked) return this.#idle();
      this.#note(batch);
      told.batch(this.#partition.number, batch).then(
        () => this.#done(end),
        () => this.#failed(end),
      );
    });
  }

  #done(end: number): void {
    const { scheduler, conditions } = this.#log;
    this.#pauseMs = firstRedeliveryMs;
    // The commit travels too: lost where its sender dies or is cut off, refused where the partition is another's.
    scheduler.after(delayMs(scheduler), () => {
      const { process } = this.consumer;
      const isLost = process.isDead || process.cutFrom.has('broker') || conditions.isBrokerDown;
      if (!isLost && this.isCurrent) this.#commit(end);
      this.#position = Math.max(this.#position, end);
      this.#idle();
    });
  }

  #failed(end: number): void {
    const { scheduler } = this.#log;
    if (!this.#log.commitsAfterBatch) this.#position = end;
    scheduler.after(this.#pauseMs, () => this.#idle());
    this.#pauseMs = Math.min(this.#pauseMs * 2, longestRedeliveryMs);
  }

  #commit(end: number): void {
    this.#partition.committed = Math.max(this.#partition.committed, end);
  }

  #idle(): void {
    this.#isBusy = false;
    for (const resolve of this.#whenIdle.splice(0)) resolve();
    this.wake();
  }

  #note(batch: readonly LogRecord[]): void {
    const { scheduler } = this.#log;
    const first = batch[0]?.offset ?? 0;
    scheduler.trace.note(
      scheduler.now,
      this.consumer.process.name,
      `partition ${this.#partition.number}: records ${first} to ${first + batch.length - 1}${this.isCurrent ? '' : ', owned by another'}`,
    );
    for (const { payload } of batch)
      scheduler.trace.detail(scheduler.now, this.consumer.process.name, () => textOf(payload));
  }
}
