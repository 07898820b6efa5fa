import { isIPv6 } from 'node:net';
import type { Clock } from '../clock.ts';
import type { RateLimit } from '../gateway/rate.ts';
import { localRates, type RateSource } from '../limits/shared-rates.ts';

interface Bound {
  readonly perSecond: number;
  readonly burst: number;
}

const passwordGuesses: { readonly fromOne: Bound; readonly fromAll: Bound } = {
  fromOne: { perSecond: 1 / 6, burst: 10 },
  fromAll: { perSecond: 1, burst: 100 },
};

/**
 * Of codes with six digits there are a million, of which three are good at a time: at 308 tries a day somebody who has the
 * password needs three years for an even chance. Nobody else can use the bound up, since nobody else is asked for a code.
 */
export const codeGuesses: typeof passwordGuesses = {
  fromOne: { perSecond: 1 / 30, burst: 5 },
  fromAll: { perSecond: 1 / 300, burst: 20 },
};

/**
 * How many passwords may be tried for one name. Every try counts until it proves right, so that it makes no difference
 * whether the right one is among those that came too fast.
 *
 * Two bounds, since one would have to choose between guessers and the person they guess at. From one address 10 at once,
 * then one in 6 s: enough for a bad memory, and only whoever is at that address waits. From all addresses together 100
 * at once, then one a second: a guesser with a thousand machines gets no further than 86,400 tries a day, and can keep
 * the person from signing in anew while they last. Sessions that are open are not touched by either.
 */
export class Guesses {
  readonly #fromOne: RateLimit;
  readonly #fromAll: RateLimit;

  /** @param rates where tries are counted, and under which name; default: in this process */
  constructor(
    clock: Clock,
    { fromOne, fromAll } = passwordGuesses,
    rates: RateSource = localRates(clock),
    name = 'passwords',
  ) {
    this.#fromOne = rates.limit(`${name} from one`, fromOne);
    this.#fromAll = rates.limit(`${name} from all`, fromAll);
  }

  /** Counts a try before it is judged. Returns 0, or for how many milliseconds none may be made (and counts none). */
  begin(name: string, address: string): number {
    const waitMs = this.#fromOne.charge(oneKey(name, address));
    if (waitMs > 0) return waitMs;
    const allMs = this.#fromAll.charge(name);
    if (allMs > 0) this.#fromOne.refund(oneKey(name, address));
    return allMs;
  }

  /** It was no guess: takes the try back. */
  proved(name: string, address: string): void {
    this.#fromOne.refund(oneKey(name, address));
    this.#fromAll.refund(name);
  }
}

const oneKey = (name: string, address: string): string => `${name} ${networkOf(address)}`;

/** What one customer of a provider has: an address of IPv4, or 2^64 of IPv6. */
export function networkOf(address: string): string {
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  if (mapped !== undefined) return mapped;
  if (!isIPv6(address)) return address;
  const [head = '', tail] = (address.split('%', 1)[0] ?? '').split('::');
  const groups = (part: string | undefined): string[] => (part === undefined || part === '' ? [] : part.split(':'));
  const [first, last] = [groups(head), groups(tail)];
  const zeros = tail === undefined ? 0 : Math.max(0, 8 - first.length - last.length);
  const all = [...first, ...Array<string>(zeros).fill('0'), ...last];
  return `${all
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(':')}::/64`;
}
