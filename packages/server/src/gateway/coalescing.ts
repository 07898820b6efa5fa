import { Demand, pressureOf } from '../demand.ts';

/** CPU of one write to a socket: the kernel's part, which no server saves (design, section 6). */
const writeMs = 0.007;
/** Up to this share of a core every event is written at once: nobody waits for a saving that nobody needs. */
const freeShare = 1 / 3;
/** The longest wait. Longer saves little more, and people begin to notice at 100 ms. */
const longestMs = 50;

/**
 * How long a busy room gathers events before it writes them. The measure is demand: the share of a core that writing
 * every event on its own would take, over all rooms of this node. Below a third of a core the answer is 0; it grows to
 * 50 ms at a whole core and stays there.
 */
export class Coalescing {
  readonly #demand: Demand;

  constructor(now: () => number) {
    this.#demand = new Demand(now, writeMs);
  }

  /** So many writes were asked for. */
  note(writes: number): void {
    this.#demand.note(writes);
  }

  /** How long after its last write a room waits for the next, in milliseconds. */
  get windowMs(): number {
    return Math.round(longestMs * pressureOf(this.#demand.share, freeShare, 1));
  }
}
