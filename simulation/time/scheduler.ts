import type { Random } from '../../packages/cli/src/verify/random.ts';
import { Trace } from './trace.ts';

/** So many steps are lined up at once: cheaper than a turn of the event loop for each. */
const stepsAtOnce = 200;
/** What clocks show when a run begins: ids carry it, so it has to look like a time of today. */
const epochMs = 1_700_000_000_000;

interface Step {
  readonly at: number;
  readonly order: number;
  run: (() => void) | undefined;
}

/** What can be called off. */
export interface Scheduled {
  cancel(): void;
}

/** One virtual clock for everything: whatever happens later is a step in its heap, and time jumps from step to step. */
export class Scheduler {
  readonly random: Random;
  readonly trace = new Trace();
  #now = 0;
  #lastOrder = 0;
  #isStopped = false;
  readonly #heap: Step[] = [];

  constructor(random: Random) {
    this.random = random;
  }

  /** Virtual milliseconds since the run began. */
  get now(): number {
    return this.#now;
  }

  /** The true time of day, which nobody's clock has to show. */
  get today(): number {
    return Math.floor(epochMs + this.#now);
  }

  after(ms: number, run: () => void): Scheduled {
    return this.at(this.#now + Math.max(0, ms), run);
  }

  /** At a moment of the run that is not over yet; whatever is due at the same one keeps the order of the calls. */
  at(moment: number, run: () => void): Scheduled {
    const step: Step = { at: moment, order: ++this.#lastOrder, run };
    this.#push(step);
    return {
      cancel: () => {
        step.run = undefined;
      },
    };
  }

  /** Resolves after so long. */
  pause(ms: number): Promise<void> {
    return new Promise((resolve) => this.after(ms, resolve));
  }

  /**
   * Carries out step after step until `stop` is called; rejects where nothing is left to happen. Nothing but promises may be
   * waited for meanwhile. Every step is an immediate of its own: Node carries out all that promises ask for before the next,
   * and tells of every rejection that nobody has handled by then, which a real node would die of.
   */
  run(): Promise<void> {
    return new Promise((resolve, reject) => {
      const lineUp = (): void => {
        for (let count = 0; count < stepsAtOnce; count++) setImmediate(step);
        setImmediate(() => (this.#isStopped ? resolve() : lineUp()));
      };
      const step = (): void => {
        if (this.#isStopped) return;
        try {
          this.#step();
        } catch (error) {
          this.stop();
          reject(error);
        }
      };
      lineUp();
    });
  }

  stop(): void {
    this.#isStopped = true;
  }

  #step(): void {
    let step = this.#pop();
    while (step !== undefined && step.run === undefined) step = this.#pop();
    if (step?.run === undefined) throw new Error('nothing is left to happen, and the run has not ended');
    this.#now = step.at;
    step.run();
  }

  #push(step: Step): void {
    const heap = this.#heap;
    let index = heap.length;
    heap.push(step);
    while (index > 0) {
      const up = (index - 1) >> 1;
      const parent = heap[up];
      if (parent === undefined || isBefore(parent, step)) break;
      heap[index] = parent;
      index = up;
    }
    heap[index] = step;
  }

  #pop(): Step | undefined {
    const heap = this.#heap;
    const [first] = heap;
    const last = heap.pop();
    if (first === undefined || last === undefined || heap.length === 0) return first;
    let index = 0;
    for (;;) {
      let down = 2 * index + 1;
      let child = heap[down];
      if (child === undefined) break;
      const other = heap[down + 1];
      if (other !== undefined && isBefore(other, child)) {
        down++;
        child = other;
      }
      if (isBefore(last, child)) break;
      heap[index] = child;
      index = down;
    }
    heap[index] = last;
    return first;
  }
}

const isBefore = (a: Step, b: Step): boolean => a.at < b.at || (a.at === b.at && a.order < b.order);
