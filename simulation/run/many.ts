import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import type { MutantName } from './mutants.ts';
import type { Outcome } from './simulate.ts';
import type { Share } from './worker.ts';

export interface ManyOptions {
  readonly from: number;
  readonly count: number;
  readonly mutant?: MutantName;
  /** Ends at the first run that broke a promise. */
  readonly stopsAtFirst?: boolean;
  /** Ends after so long, with the seeds that it has reached by then: they run in their order, so these are the first ones. */
  readonly withinMs?: number;
  readonly onOutcome?: (outcome: Outcome) => void;
}

/** Runs seeds side by side, a worker for each core. Resolves to the runs that broke a promise. */
export async function simulateMany(options: ManyOptions): Promise<readonly Outcome[]> {
  const { from, count, mutant, stopsAtFirst = false, withinMs, onOutcome } = options;
  const failed: Outcome[] = [];
  const step = Math.min(availableParallelism(), count);
  const stop = new AbortController();
  const timer = withinMs === undefined ? undefined : setTimeout(() => stop.abort(), withinMs);
  const run = (share: Share): Promise<void> =>
    new Promise((resolve, reject) => {
      const worker = new Worker(new URL('./worker.ts', import.meta.url), { workerData: share });
      stop.signal.addEventListener('abort', () => void worker.terminate(), { once: true });
      worker.on('message', (outcome: Outcome) => {
        onOutcome?.(outcome);
        if (outcome.findings.length === 0) return;
        failed.push(outcome);
        if (stopsAtFirst) stop.abort();
      });
      worker.on('error', reject);
      worker.on('exit', () => resolve());
    });
  try {
    await Promise.all(
      Array.from({ length: step }, (_, index) => run({ from: from + index, to: from + count, step, mutant })),
    );
  } finally {
    clearTimeout(timer);
    stop.abort();
  }
  return failed.toSorted((a, b) => a.seed - b.seed);
}
