const slotMs = 100;

/**
 * How much of a core some work would take if each piece were done on its own: an estimate that follows the load within a few tenths of a
 * second. It does not shrink when pieces are done together, so what is decided by it does not swing.
 */
export class Demand {
  readonly #now: () => number;
  readonly #pieceMs: number;
  #slotBegan: number;
  #pieces = 0;
  #share = 0;

  /**
   * @param now milliseconds
   * @param pieceMs CPU of one piece
   */
  constructor(now: () => number, pieceMs: number) {
    this.#now = now;
    this.#pieceMs = pieceMs;
    this.#slotBegan = now();
  }

  /** So many pieces were asked for. */
  note(pieces: number): void {
    this.#roll();
    this.#pieces += pieces;
  }

  /** 1 is a whole core. */
  get share(): number {
    this.#roll();
    return this.#share;
  }

  /** Half of the estimate is the last slot. */
  #roll(): void {
    const elapsed = this.#now() - this.#slotBegan;
    if (elapsed >= 0 && elapsed < slotMs) return;
    // A clock that was set, or a long silence, says nothing about the load.
    const measured = elapsed < 0 || elapsed > 10 * slotMs ? 0 : (this.#pieces * this.#pieceMs) / elapsed;
    this.#share = this.#share === 0 ? measured : (this.#share + measured) / 2;
    this.#pieces = 0;
    this.#slotBegan = this.#now();
  }
}

/** 0 up to one share, 1 from another on, and even in between. */
export const pressureOf = (share: number, from: number, to: number): number =>
  Math.min(1, Math.max(0, (share - from) / (to - from)));
