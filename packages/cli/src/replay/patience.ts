import { ParleyError } from '@parley/protocol';

/** How long a server may be away in the middle of a replay. */
const patienceMs = 60_000;
const pauseMs = 250;

/** Repeats a request that harms nobody when repeated, while the server is away or asks to wait: for a minute, or until the signal. */
export async function patiently<Result>(request: () => Promise<Result>, signal?: AbortSignal): Promise<Result> {
  const deadline = signal === undefined ? Date.now() + patienceMs : Number.POSITIVE_INFINITY;
  for (;;) {
    try {
      return await request();
    } catch (error) {
      if (!(error instanceof ParleyError) || !error.retryable || Date.now() > deadline) throw error;
      signal?.throwIfAborted();
      await new Promise((resolve) => setTimeout(resolve, error.retryAfterMs ?? pauseMs));
    }
  }
}
