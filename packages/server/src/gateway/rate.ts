import type { Clock } from '../clock.ts';

interface Bucket {
  tokens: number;
  at: number;
}

/** Buckets kept; beyond it the oldest ones, which are full again, are forgotten. */
const maxBuckets = 100_000;

/** What sums of fractions may be short of: whoever comes back when told to is let in. */
const roundingTokens = 1e-6;

/** Token buckets by key: `burst` at once, `perSecond` in the long run. */
export class RateLimit {
  readonly #perSecond: number;
  readonly #burst: number;
  readonly #clock: Clock;
  readonly #buckets = new Map<string, Bucket>();

  constructor(options: { perSecond: number; burst: number; clock: Clock }) {
    this.#perSecond = options.perSecond;
    this.#burst = options.burst;
    this.#clock = options.clock;
  }

  /** Takes `cost` tokens. Returns 0, or for how many milliseconds there will not be enough (and takes none). */
  charge(key: string, cost = 1): number {
    const now = this.#clock.elapsed();
    let bucket = this.#buckets.get(key);
    if (bucket === undefined) {
      bucket = { tokens: this.#burst, at: now };
      this.#buckets.set(key, bucket);
      const [oldest] = this.#buckets.keys();
      if (this.#buckets.size > maxBuckets && oldest !== undefined) this.#buckets.delete(oldest);
    }
    bucket.tokens = Math.min(this.#burst, bucket.tokens + (Math.max(0, now - bucket.at) * this.#perSecond) / 1_000);
    bucket.at = now;
    if (bucket.tokens >= cost - roundingTokens) {
      bucket.tokens = Math.max(0, bucket.tokens - cost);
      return 0;
    }
    return Math.ceil(((cost - bucket.tokens) * 1_000) / this.#perSecond);
  }

  /** Gives back what a `charge` took. */
  refund(key: string, cost = 1): void {
    const bucket = this.#buckets.get(key);
    if (bucket !== undefined) bucket.tokens = Math.min(this.#burst, bucket.tokens + cost);
  }
}
