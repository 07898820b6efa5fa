import type { Platform, Timer } from '../../src/index.ts';

interface Due {
  readonly at: number;
  readonly callback: () => void;
}

/** Time that passes when a test says so. */
export class ManualPlatform implements Platform {
  /** What `random` answers. */
  share = 0.5;
  readonly ids = {
    now: (): number => this.#now,
    random: (count: number) => crypto.getRandomValues(new Uint8Array(count)),
  };
  #now = 1_800_000_000_000;
  readonly #due = new Set<Due>();

  now(): number {
    return this.#now;
  }

  after(ms: number, callback: () => void): Timer {
    const due = { at: this.#now + ms, callback };
    this.#due.add(due);
    return { cancel: () => void this.#due.delete(due) };
  }

  random(): number {
    return this.share;
  }

  /** Lets so many milliseconds pass, with everything that falls due in them. */
  async advance(ms: number): Promise<void> {
    const end = this.#now + ms;
    for (;;) {
      await settled();
      const [next] = [...this.#due].filter(({ at }) => at <= end).toSorted((a, b) => a.at - b.at);
      if (next === undefined) break;
      this.#due.delete(next);
      this.#now = Math.max(this.#now, next.at);
      next.callback();
    }
    this.#now = end;
  }
}

/** Resolves when everything that is under way without a timer or a network has come to rest. */
export const settled = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));
