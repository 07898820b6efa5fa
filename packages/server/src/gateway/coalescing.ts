/** CPU of one write to a socket: the kernel's part, which no server saves (design, section 6). */
const writeMs = 0.007;
/** Up to this share of a core every event is written at once: nobody waits for a saving that nobody needs. */
const freeShare = 1 / 3;
/** The longest wait. Longer saves little more, and people begin to notice at 100 ms. */
const longestMs = 50;
const slotMs = 100;

/**
 * How long a busy room gathers events before it writes them. The measure is demand: the share of a core that writing
 * every event on its own would take, over all rooms of this node. Below a third of a core the answer is 0; it grows to
 * 50 ms at a whole core and stays there. Demand does not shrink when events are gathered, so the answer does not swing.
 */
export class Coalescing {
  readonly #now: () => number;
  #slotBegan: number;
  #writes = 0;
  #share = 0;

  constructor(now: () => number) {
    this.#now = now;
    this.#slotBegan = now();
  }

  /** So many writes were asked for. */
  note(writes: number): void {
    this.#roll();
    this.#writes += writes;
  }

  /** How long after its last write a room waits for the next, in milliseconds. */
  get windowMs(): number {
    this.#roll();
    const pressure = (this.#share - freeShare) / (1 - freeShare);
    return Math.round(longestMs * Math.min(1, Math.max(0, pressure)));
  }

  /** Half of the estimate is the last slot, so that it follows within a few tenths of a second. */
  #roll(): void {
    const elapsed = this.#now() - this.#slotBegan;
    if (elapsed >= 0 && elapsed < slotMs) return;
    // A clock that was set, or a long silence, says nothing about the load.
    const measured = elapsed < 0 || elapsed > 10 * slotMs ? 0 : (this.#writes * writeMs) / elapsed;
    this.#share = this.#share === 0 ? measured : (this.#share + measured) / 2;
    this.#writes = 0;
    this.#slotBegan = this.#now();
  }
}
