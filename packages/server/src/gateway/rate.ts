import type { Clock } from '../clock.ts';

interface Bucket {
  tokens: number;
  at: number;
}

/** Buckets kept; beyond it the oldest ones, which are full again, are forgotten. */
const maxBuckets = 100_000;

/** A key with more than this share of its tokens is nobody's concern elsewhere. */
const worthTelling = 0.9;

/** What sums of fractions may be short of: whoever comes back when told to is let in. */
const roundingTokens = 1e-6;

/** Token buckets by key: `burst` at once, `perSecond` in the long run. */
export class RateLimit {
  readonly #perSecond: number;
  readonly #burst: number;
  readonly #clock: Clock;
  readonly #buckets = new Map<string, Bucket>();

  /** What keys spent since it was last taken, where other nodes are told. */
  readonly #spent: Map<string, number> | undefined;

  constructor(options: { perSecond: number; burst: number; clock: Clock; isShared?: boolean }) {
    this.#spent = options.isShared === true ? new Map() : undefined;
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
    if (cost === 0) return 0;
    if (bucket.tokens >= cost - roundingTokens) {
      bucket.tokens = Math.max(0, bucket.tokens - cost);
      this.#note(key, cost);
      return 0;
    }
    return Math.ceil(((cost - bucket.tokens) * 1_000) / this.#perSecond);
  }

  /** Gives back what a `charge` took. */
  refund(key: string, cost = 1): void {
    const bucket = this.#buckets.get(key);
    if (bucket !== undefined) bucket.tokens = Math.min(this.#burst, bucket.tokens + cost);
    this.#note(key, -cost);
  }

  /** What each key spent since this was last asked; of those that still have nearly everything, nothing. At most `limit`, the dearest. */
  takeSpent(limit: number): readonly (readonly [string, number])[] {
    const spent = [...(this.#spent ?? [])].filter(([key, tokens]) => {
      const left = this.#buckets.get(key)?.tokens ?? this.#burst;
      return tokens > 0 && left < this.#burst * worthTelling;
    });
    this.#spent?.clear();
    return spent.length <= limit ? spent : spent.toSorted(([, a], [, b]) => b - a).slice(0, limit);
  }

  /** Another node let so much through: here there is less, down to as far below nothing as a full bucket is above it. */
  spentElsewhere(key: string, tokens: number): void {
    // Brings the bucket up to now, or makes it.
    this.charge(key, 0);
    const bucket = this.#buckets.get(key);
    if (bucket !== undefined) bucket.tokens = Math.max(-this.#burst, bucket.tokens - tokens);
  }

  #note(key: string, cost: number): void {
    if (cost !== 0) this.#spent?.set(key, (this.#spent.get(key) ?? 0) + cost);
  }
}
