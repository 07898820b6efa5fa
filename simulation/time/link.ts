import type { Scheduler } from './scheduler.ts';

/** How long things take on the way, in milliseconds. Mostly little, sometimes long: that is what reorders links. */
export function delayMs({ random }: Scheduler): number {
  const choice = random.next();
  if (choice < 0.9) return 0.2 + random.next() * 2;
  if (choice < 0.995) return 2 + random.next() * 40;
  return 40 + random.next() * 1_500;
}

/** A way on which nothing overtakes: a connection, one partition of a log. Different links reorder freely. */
export class Link {
  readonly #scheduler: Scheduler;
  #lastArrival = 0;

  constructor(scheduler: Scheduler) {
    this.#scheduler = scheduler;
  }

  carry(deliver: () => void): void {
    const { now } = this.#scheduler;
    const arrival = Math.max(this.#lastArrival, now + delayMs(this.#scheduler));
    this.#lastArrival = arrival;
    // Not `after(arrival - now)`: the sum may be a hair off, and one would overtake the other.
    this.#scheduler.at(arrival, deliver);
  }
}

/** Links by name, made when first used. */
export class Links {
  readonly #links = new Map<string, Link>();
  readonly #scheduler: Scheduler;

  constructor(scheduler: Scheduler) {
    this.#scheduler = scheduler;
  }

  between(from: string, to: string): Link {
    const key = `${from} ${to}`;
    let link = this.#links.get(key);
    if (link === undefined) {
      link = new Link(this.#scheduler);
      this.#links.set(key, link);
    }
    return link;
  }
}
