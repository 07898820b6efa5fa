import { setTimeout as pause } from 'node:timers/promises';
import { ParleyError } from '@parley/protocol';

/** Carries out a call until it succeeds or is refused for good. */
export type Persist = <Result>(call: () => Promise<Result>) => Promise<Result>;

/** Longest pause between two attempts: a server that starts anew is ready within two seconds. */
const maxPauseMs = 2_000;

/**
 * Tries again, with growing random pauses, what failed for a reason that passes: the server is down, starting or busy.
 * The calls must be such that doing them twice does no harm.
 */
export function persistUntil(signal: AbortSignal): Persist {
  return async (call) => {
    for (let boundMs = 100; ; boundMs = Math.min(boundMs * 2, maxPauseMs)) {
      signal.throwIfAborted();
      try {
        return await call();
      } catch (error) {
        if (!isPassing(error)) throw error;
        const wantedMs = error instanceof ParleyError ? (error.retryAfterMs ?? 0) : 0;
        await pause(wantedMs + Math.random() * boundMs, undefined, { signal });
      }
    }
  };
}

/** Whether the same call may succeed later. `fetch` reports a lost connection as a TypeError. */
export const isPassing = (error: unknown): boolean =>
  error instanceof ParleyError ? error.retryable : error instanceof TypeError && error.message.includes('fetch');
