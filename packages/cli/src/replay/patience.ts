import { ParleyError } from '@parley/protocol';

/** How long a server may be away in the middle of a replay, from the first failure on. */
const patienceMs = 60_000;
/** At least so many attempts: a balancer may take a minute for each before it says 504. */
const minAttempts = 5;
const pauseMs = 250;

/**
 * Repeats a request that harms nobody when repeated, while the server is away, asks to wait or is stood in for by a balancer
 * (502, 503, 504): for a minute, or until the signal.
 */
export async function patiently<Result>(request: () => Promise<Result>, signal?: AbortSignal): Promise<Result> {
  let deadline = Number.POSITIVE_INFINITY;
  for (let attempt = 1; ; attempt++) {
    try {
      return await request();
    } catch (error) {
      if (!(error instanceof ParleyError) || !error.retryable) throw error;
      if (attempt === 1 && signal === undefined) deadline = Date.now() + patienceMs;
      if (Date.now() > deadline && attempt >= minAttempts) throw error;
      signal?.throwIfAborted();
      await new Promise((resolve) => setTimeout(resolve, error.retryAfterMs ?? pauseMs));
    }
  }
}
