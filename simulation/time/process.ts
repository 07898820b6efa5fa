import type { IdSource } from '@parley/protocol';
import type { Clock, Timer } from '../../packages/server/src/clock.ts';
import type { Scheduler } from './scheduler.ts';

/** Something that can fail by itself: a node, or a client's program. Whatever reaches it or its timers goes through here. */
export class Process {
  readonly name: string;
  readonly scheduler: Scheduler;
  /** How wrong its clock is, in milliseconds. */
  skewMs = 0;
  /** What it cannot reach at the moment. Without `heartbeats` it counts as gone, and everything it does goes on working. */
  readonly cutFrom = new Set<'store' | 'broker' | 'heartbeats'>();
  /** Dies of the next append that the store takes from it and that has effects elsewhere: before it hears of it, and they are out. */
  isDoomed = false;
  #state: 'running' | 'paused' | 'dead' = 'running';
  #waiting: (() => void)[] = [];

  constructor(scheduler: Scheduler, name: string) {
    this.scheduler = scheduler;
    this.name = name;
  }

  get isDead(): boolean {
    return this.#state === 'dead';
  }

  get isRunning(): boolean {
    return this.#state === 'running';
  }

  /** Now; once it runs again where it is paused (SIGSTOP); never where it is dead. */
  run(callback: () => void): void {
    if (this.#state === 'running') callback();
    else if (this.#state === 'paused') this.#waiting.push(callback);
  }

  /** A promise that its code may wait for: settles only while it runs. */
  settle<Result>(promise: Promise<Result>): Promise<Result> {
    return new Promise((resolve, reject) => {
      promise.then(
        (result) => this.run(() => resolve(result)),
        (error: unknown) => this.run(() => reject(error)),
      );
    });
  }

  pause(): void {
    if (this.#state === 'running') this.#state = 'paused';
  }

  resume(): void {
    if (this.#state !== 'paused') return;
    this.#state = 'running';
    const waiting = this.#waiting;
    this.#waiting = [];
    // What waited comes first and in its order, each in a step of its own as everything else.
    for (const callback of waiting) this.scheduler.after(0, () => this.run(callback));
  }

  kill(): void {
    this.#state = 'dead';
    this.#waiting = [];
  }

  readonly clock: Clock = {
    now: () => this.scheduler.today + this.skewMs,
    elapsed: () => this.scheduler.now,
    after: (ms, callback): Timer => this.scheduler.after(ms, () => this.run(callback)),
  };

  readonly ids: IdSource = {
    now: () => this.clock.now(),
    random: (count) => this.scheduler.random.bytes(count),
  };
}
