import type { Random } from '../../packages/cli/src/verify/random.ts';
import { Trace } from './trace.ts';

/**
 * Rounds of the microtask queue between two steps. A chain of promises longer than this goes on during the next step,
 * as it would on a busy machine: the order stays the same for a seed either way.
 */
const rounds = 12;
/** What clocks show when a run begins: ids carry it, so it has to look like a time of today. */
const epochMs = 1_700_000_000_000;

/** Waiting for it lets everything go first that is in the queue already. */
const turn = Promise.resolve();

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

  /** Carries out step after step until `stop` is called. Nothing but promises may be waited for meanwhile. */
  async run(): Promise<void> {
    while (!this.#isStopped) {
      const step = this.#pop();
      if (step === undefined) throw new Error('nothing is left to happen, and the run has not ended');
      if (step.run === undefined) continue;
      this.#now = step.at;
      step.run();
      for (let round = 0; round < rounds; round++) await turn;
    }
  }

  stop(): void {
    this.#isStopped = true;
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
