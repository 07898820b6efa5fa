import type { Log } from './log.ts';

/** An engine that could not be used. The message names it, what was tried, and the mend. */
export class EngineError extends Error {
  override readonly name = 'EngineError';
}

const patienceMs = 60_000;
/** A node that starts beside an engine that is starting too is ready soon after it. */
const longestPauseMs = 1_500;

export interface StartOptions {
  /** Such as `Kafka at 10.0.0.1:9092`: never with a password. */
  readonly engine: string;
  readonly log: Log;
  /** Longest time to try. Default 60 s: what a cluster that starts together needs. */
  readonly startWithinMs?: number;
}

/**
 * Tries until the engine is there. An `EngineError` (wrong credentials, wrong partitions …) is not tried again.
 * @throws EngineError
 */
export async function untilReachable<Result>(
  { engine, log, startWithinMs = patienceMs }: StartOptions,
  attempt: () => Promise<Result>,
): Promise<Result> {
  // By a clock that nobody sets: one that is put right while a node starts would end it.
  const giveUpAt = performance.now() + startWithinMs;
  let pauseMs = 250;
  for (let attempts = 1; ; attempts++) {
    try {
      return await attempt();
    } catch (cause) {
      if (cause instanceof EngineError) throw cause;
      const reason = reasonOf(cause);
      if (performance.now() + pauseMs > giveUpAt) {
        throw new EngineError(
          `${engine} cannot be reached: ${reason}. Tried ${attempts} times in ${Math.round(startWithinMs / 1_000)} s. Is it running, and is the address right?`,
          { cause },
        );
      }
      log.warn({ engine, reason, retryInMs: pauseMs }, 'cannot be reached yet');
      await new Promise((resolve) => setTimeout(resolve, pauseMs));
      pauseMs = Math.min(pauseMs * 2, longestPauseMs);
    }
  }
}

/** The innermost message, where drivers say what happened. */
export function reasonOf(error: unknown): string {
  if (error instanceof AggregateError && error.errors.length > 0) return reasonOf(error.errors[0]);
  if (error instanceof Error && error.cause instanceof Error) return reasonOf(error.cause);
  if (!(error instanceof Error)) return String(error);
  return error.message === '' && 'code' in error ? String(error.code) : error.message.replace(/\.$/, '');
}
