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
  /** Added to everything on a link that is slow. */
  readonly #extraMs: number;
  #lastArrival = 0;

  constructor(scheduler: Scheduler, extraMs = 0) {
    this.#scheduler = scheduler;
    this.#extraMs = extraMs;
  }

  carry(deliver: () => void): void {
    const { now } = this.#scheduler;
    const arrival = Math.max(this.#lastArrival, now + this.#extraMs + delayMs(this.#scheduler));
    this.#lastArrival = arrival;
    // Not `after(arrival - now)`: the sum may be a hair off, and one would overtake the other.
    this.#scheduler.at(arrival, deliver);
  }
}

/** One link in so many is slow, by up to so much: what two senders say of the same thing arrives in either order. */
const slowShare = 0.25;
const slowestMs = 250;

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
      const { random } = this.#scheduler;
      link = new Link(this.#scheduler, random.chance(slowShare) ? random.next() * slowestMs : 0);
      this.#links.set(key, link);
    }
    return link;
  }
}
