import type { Clock } from '../clock.ts';

/** A look that takes longer counts as failed: a line that swallows everything gives no error for long. */
const patienceMs = 2_500;

/** Whether the store answers this node: one that it does not answer holds up every stream it owns, which others could serve. */
export class StoreSight {
  readonly #check: () => Promise<void>;
  readonly #clock: Clock;
  #lookingSince: number | undefined;
  #hasAnswered = true;

  constructor(check: () => Promise<void>, clock: Clock) {
    this.#check = check;
    this.#clock = clock;
  }

  /** What the last look found. Begins the next one; one at a time. */
  look(): boolean {
    const now = this.#clock.elapsed();
    if (this.#lookingSince === undefined) this.#begin(now);
    const isLate = this.#lookingSince !== undefined && now - this.#lookingSince > patienceMs;
    return this.#hasAnswered && !isLate;
  }

  #begin(now: number): void {
    this.#lookingSince = now;
    const ended = (hasAnswered: boolean): void => {
      this.#hasAnswered = hasAnswered;
      this.#lookingSince = undefined;
    };
    this.#check().then(
      () => ended(true),
      () => ended(false),
    );
  }
}
