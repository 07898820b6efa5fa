import type { Log } from './log.ts';

/** What has to be done to end, by a name for the log. */
export type EndingStep = readonly [name: string, end: () => unknown];

/**
 * Ends one thing after another, and waits for each until the deadline, a moment of `performance.now()`. What hangs then, on an
 * engine that is away, is left: what comes after it is still told to end, and waited for no longer. Rejects with the first failure,
 * after the rest.
 */
export async function endInTurn(steps: readonly EndingStep[], deadline: number, log: Pick<Log, 'warn'>): Promise<void> {
  const failures: unknown[] = [];
  for (const [step, end] of steps) {
    const ending = (async () => void (await end()))().catch((error: unknown) => void failures.push(error));
    const { promise: late, resolve } = Promise.withResolvers<'late'>();
    const timer = setTimeout(resolve, Math.max(0, deadline - performance.now()), 'late');
    if ((await Promise.race([ending, late])) === 'late') log.warn({ step }, 'did not end in time, and is left');
    clearTimeout(timer);
  }
  if (failures.length > 0) throw failures[0];
}
