import { parentPort, workerData } from 'node:worker_threads';
import { type MutantName, mutants } from './mutants.ts';
import { type Outcome, simulate } from './simulate.ts';

/** Which seeds this worker runs: `from`, `from + step` … below `to`. */
export interface Share {
  readonly from: number;
  readonly to: number;
  readonly step: number;
  readonly mutant: MutantName | undefined;
}

// Store and log fail thousands of times a second here, and where from is asked of a seed only when it is looked at.
Error.stackTraceLimit = 0;

const unhandled: string[] = [];
process.on('unhandledRejection', (reason) => {
  unhandled.push(`nobody handled ${reason instanceof Error ? reason.stack : String(reason)}`);
});

/** What a node would have died of counts as a finding. */
async function outcomeOf(seed: number, mutant: MutantName | undefined): Promise<Outcome> {
  const outcome = await simulate(seed, mutant === undefined ? undefined : mutants[mutant]);
  // Rejections that nobody handles come to light when the run's promises have all had their turn.
  await new Promise((resolve) => setImmediate(resolve));
  return { ...outcome, findings: [...outcome.findings, ...unhandled.splice(0)] };
}

const { from, to, step, mutant } = workerData as Share;
for (let seed = from; seed < to; seed += step) parentPort?.postMessage(await outcomeOf(seed, mutant));
