import type { Clock, Timer } from '../clock.ts';
import type { Log } from '../log.ts';
import type { KeyDocuments } from './key-documents.ts';

/** A key that is erased anywhere is forgotten everywhere within this and one small read. */
const lookEveryMs = 500;
/** In the log of erasures: every key may have changed. */
export const everyScope = '*';

/** Follows the log of erasures. */
export class Erasures {
  readonly #documents: KeyDocuments;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #onErased: (scope: string) => void;
  #seen: number;
  #timer: Timer | undefined;
  #isStopped = false;

  /** @param seen the newest erasure when nothing was remembered yet */
  constructor(options: {
    documents: KeyDocuments;
    clock: Clock;
    log: Log;
    seen: number;
    onErased: (scope: string) => void;
  }) {
    this.#documents = options.documents;
    this.#clock = options.clock;
    this.#log = options.log;
    this.#seen = options.seen;
    this.#onErased = options.onErased;
  }

  start(): void {
    this.#timer = this.#clock.after(lookEveryMs, () => {
      void this.look().finally(() => {
        if (!this.#isStopped) this.start();
      });
    });
  }

  stop(): void {
    this.#isStopped = true;
    this.#timer?.cancel();
  }

  /** One look. What could not be seen now is seen by a later one: the log has every erasure. */
  async look(): Promise<void> {
    try {
      for (const { number, scope } of await this.#documents.erasuresAfter(this.#seen)) {
        this.#seen = number;
        this.#onErased(scope);
      }
    } catch (error) {
      this.#log.warn({ error: String(error) }, 'could not look whether keys were erased; will try again');
    }
  }
}
