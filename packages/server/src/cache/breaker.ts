import type { Clock } from '../clock.ts';

/** What a cache has done since the start, for `/metrics`. */
export interface CacheCounters {
  hits: number;
  misses: number;
  /** Operations the engine refused, or did not answer in time. */
  failures: number;
  /** Operations not tried, because the engine had failed just before. */
  skipped: number;
}

export const newCounters = (): CacheCounters => ({ hits: 0, misses: 0, failures: 0, skipped: 0 });

export interface BreakerOptions {
  readonly clock: Clock;
  readonly counters: CacheCounters;
  /** How long an answer is waited for. A cache on the same network answers within 1 ms; the store within 10. */
  readonly timeoutMs: number;
}

/** Failures in a row after which the engine is left alone. */
const failuresToOpen = 5;
/** How long it is left alone before one operation tries it again. */
const coolDownMs = 1_000;

/** Runs an operation on an engine that may be down or slow: answers with `otherwise` then, and never rejects. */
export type Breaker = <Result>(operation: () => Promise<Result>, otherwise: Result) => Promise<Result>;

/**
 * A circuit breaker: after some failures in a row it answers at once without asking, and lets one operation through each
 * second to see whether the engine is back. So an engine that is down costs its callers nothing, and one that is slow
 * costs them `timeoutMs` a few times.
 */
export function createBreaker({ clock, counters, timeoutMs }: BreakerOptions): Breaker {
  let failuresInARow = 0;
  let nextTryAt = 0;

  return async (operation, otherwise) => {
    const isOpen = failuresInARow >= failuresToOpen;
    if (isOpen && clock.elapsed() < nextTryAt) {
      counters.skipped++;
      return otherwise;
    }
    // While this one tries, the others go on doing without.
    if (isOpen) nextTryAt = clock.elapsed() + coolDownMs;
    try {
      const result = await withTimeout(operation(), timeoutMs, clock);
      failuresInARow = 0;
      return result;
    } catch {
      counters.failures++;
      failuresInARow++;
      if (failuresInARow >= failuresToOpen) nextTryAt = clock.elapsed() + coolDownMs;
      return otherwise;
    }
  };
}

function withTimeout<Result>(answer: Promise<Result>, ms: number, clock: Clock): Promise<Result> {
  return new Promise((resolve, reject) => {
    const timer = clock.after(ms, () => reject(new Error(`no answer within ${ms} ms`)));
    answer.then(resolve, reject).finally(() => timer.cancel());
  });
}
