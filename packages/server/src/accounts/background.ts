import type { Log } from '../log.ts';

/** More than are asked for in a minute by anybody honest; what comes beyond is dropped, and its asker asks again. */
const maxWaiting = 100;

/**
 * Work whose asker is answered before it begins, one piece at a time: neither what it finds nor how long it takes can be
 * seen from outside.
 */
export class Background {
  readonly #log: Log;
  #waiting = 0;
  #last: Promise<void> = Promise.resolve();

  constructor(log: Log) {
    this.#log = log;
  }

  /** Does it later. */
  begin(what: string, work: () => Promise<void>): void {
    if (this.#waiting >= maxWaiting) return this.#log.warn({ what }, 'too much is asked for at once; dropped');
    this.#waiting++;
    this.#last = this.#last
      .then(work)
      .catch((error: unknown) => this.#log.warn({ what, error: String(error) }, 'could not be done'))
      .finally(() => this.#waiting--);
  }

  /** Resolves when nothing is left to do. */
  async idle(): Promise<void> {
    await this.#last;
  }
}
