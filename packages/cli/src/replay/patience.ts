import { ParleyError } from '@parley/protocol';

/** How long a server may be away in the middle of a replay. */
const patienceMs = 60_000;
const pauseMs = 250;

/** Repeats a request that harms nobody when repeated, while the server is away or asks to wait. */
export async function patiently<Result>(request: () => Promise<Result>): Promise<Result> {
  const deadline = Date.now() + patienceMs;
  for (;;) {
    try {
      return await request();
    } catch (error) {
      if (!(error instanceof ParleyError) || !error.retryable || Date.now() > deadline) throw error;
      await new Promise((resolve) => setTimeout(resolve, error.retryAfterMs ?? pauseMs));
    }
  }
}
