import type { Cache } from '../cache/port.ts';
import type { Clock, Timer } from '../clock.ts';
import { RateLimit } from '../gateway/rate.ts';

/** Where rate limits come from: counted in this process, or together with the other nodes. */
export interface RateSource {
  /** @param name tells limits with the same keys apart */
  limit(name: string, options: { readonly perSecond: number; readonly burst: number }): RateLimit;
}

/** Limits of one process. */
export const localRates = (clock: Clock): RateSource => ({
  limit: (_name, options) => new RateLimit({ ...options, clock }),
});

/** What was spent is told so often: one write and one read of the cache, however many messages there were meanwhile. */
const tellMs = 1_000;
/** Rounds told at once, so that a node that was slow to look misses none. */
const rounds = 5;
/** Keys told of in one round, the dearest: those are about whom the limit is. */
const maxKeys = 500;
const ttlMs = 30_000;

interface Round {
  readonly n: number;
  /** By limit: what each key spent here. */
  readonly spent: Readonly<Record<string, readonly (readonly [string, number])[]>>;
}

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/**
 * Limits that nodes count together. Each judges by what it knows, at once and without asking anybody; once a second it tells
 * the others, through the cache, which keys spent much, and charges its own buckets with what they tell. So the long run is
 * held over all nodes, and what goes beyond it in the first second is paid back: a bucket may fall below nothing.
 * Without the cache each node counts for itself.
 */
export class SharedRates implements RateSource {
  readonly #options: SharedRatesOptions;
  readonly #limits = new Map<string, RateLimit>();
  readonly #told: Round[] = [];
  /** The last round that was heard of each node. */
  readonly #heard = new Map<string, number>();
  #n = 0;
  #timer: Timer | undefined;
  #isStopped = false;

  constructor(options: SharedRatesOptions) {
    this.#options = options;
  }

  limit(name: string, options: { readonly perSecond: number; readonly burst: number }): RateLimit {
    const limit = new RateLimit({ ...options, clock: this.#options.clock, isShared: true });
    this.#limits.set(name, limit);
    return limit;
  }

  start(): void {
    if (this.#isStopped) return;
    this.#timer = this.#options.clock.after(tellMs, () => void this.round().finally(() => this.start()));
  }

  stop(): void {
    this.#isStopped = true;
    this.#timer?.cancel();
  }

  /** Tells what was spent here and takes in what was spent elsewhere. The cache never rejects. */
  async round(): Promise<void> {
    const { cache, node } = this.#options;
    const others = this.#options.nodes().filter((other) => other !== node);
    const spent = Object.fromEntries(Array.from(this.#limits, ([name, limit]) => [name, limit.takeSpent(maxKeys)]));
    if (others.length === 0) return;
    this.#told.push({ n: ++this.#n, spent });
    if (this.#told.length > rounds) this.#told.shift();
    await cache.set(keyOf(node), encoder.encode(JSON.stringify(this.#told)), ttlMs);
    const told = await cache.getMany(others.map(keyOf));
    for (const [index, other] of others.entries()) this.#hear(other, told[index]);
    for (const known of this.#heard.keys()) if (!others.includes(known)) this.#heard.delete(known);
  }

  #hear(node: string, told: Uint8Array | undefined): void {
    const all = told === undefined ? [] : roundsIn(told);
    const newest = all.at(-1)?.n;
    if (newest === undefined) return;
    // Of a node that was not known, what it spends from now on.
    const last = this.#heard.get(node) ?? newest - 1;
    this.#heard.set(node, newest);
    for (const { n, spent } of all) {
      if (n <= last) continue;
      for (const [name, keys] of Object.entries(spent)) {
        const limit = this.#limits.get(name);
        for (const [key, tokens] of keys) limit?.spentElsewhere(key, tokens);
      }
    }
  }
}

export interface SharedRatesOptions {
  readonly node: string;
  readonly cache: Cache;
  readonly clock: Clock;
  /** The nodes that live, this one among them. */
  readonly nodes: () => readonly string[];
}

const keyOf = (node: string): string => `rates:${node}`;

/** What another node told, if it is that: caches are shared with whatever else uses them. */
function roundsIn(bytes: Uint8Array): readonly Round[] {
  try {
    const value: unknown = JSON.parse(decoder.decode(bytes));
    return Array.isArray(value) ? (value as Round[]) : [];
  } catch {
    return [];
  }
}
