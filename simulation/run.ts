/** Runs the simulation: see `simulation/README.md`. */
import { writeFileSync } from 'node:fs';
import { argv, exit, stderr, stdout } from 'node:process';
import { parseArgs } from 'node:util';
import { offendingHistory, summaryOf } from './run/history.ts';
import { simulateMany } from './run/many.ts';
import { isMutant, type MutantName, mutantNames, mutants } from './run/mutants.ts';
import { simulate } from './run/simulate.ts';

const { values } = parseArgs({
  args: argv.slice(2),
  options: {
    seed: { type: 'string' },
    seeds: { type: 'string', default: '1000' },
    from: { type: 'string', default: '1' },
    mutant: { type: 'string' },
    history: { type: 'string' },
  },
});

function numberOf(name: 'seed' | 'seeds' | 'from'): number {
  const value = Number(values[name]);
  if (!Number.isSafeInteger(value) || value < 0)
    throw new Error(`--${name} takes a whole number, not ${values[name]}.`);
  return value;
}

const { mutant } = values;
if (mutant !== undefined && !isMutant(mutant)) {
  stderr.write(`There is no mutant ${mutant}. There are ${mutantNames.join(', ')}.\n`);
  exit(1);
}

if (values.seed !== undefined) {
  const safeguards = mutant === undefined ? undefined : mutants[mutant];
  if (values.history !== undefined) {
    const { lines } = await simulate(numberOf('seed'), safeguards, true);
    writeFileSync(values.history, `${lines.join('\n')}\n`);
  }
  const { findings } = await simulate(numberOf('seed'), safeguards);
  stdout.write(`${await offendingHistory(numberOf('seed'), safeguards)}\n`);
  process.exitCode = findings.length === 0 ? 0 : 1;
} else await runMany(mutant);

async function runMany(mutant: MutantName | undefined): Promise<void> {
  const began = performance.now();
  let runs = 0;
  let acknowledged = 0;
  let seen = 0;
  let slowestMs = 0;
  const failed = await simulateMany({
    from: numberOf('from'),
    count: numberOf('seeds'),
    ...(mutant === undefined ? {} : { mutant }),
    onOutcome: (outcome) => {
      runs++;
      acknowledged += outcome.acknowledged;
      seen += outcome.seen;
      slowestMs = Math.max(slowestMs, outcome.recoveryMs);
      // At once: a long run that somebody ends early has told what it found.
      if (outcome.findings.length > 0) stdout.write(`${summaryOf(outcome)}\n`);
      if (stderr.isTTY) stderr.write(`\r${runs} runs`);
    },
  });
  if (stderr.isTTY) stderr.write('\n');
  stdout.write(
    `${runs} runs in ${((performance.now() - began) / 1_000).toFixed(1)} s: ${acknowledged} commands acknowledged, ${seen} events seen, slowest recovery ${(slowestMs / 1_000).toFixed(1)} s (virtual), ${failed.length} runs broke a promise\n`,
  );
  process.exitCode = failed.length === 0 ? 0 : 1;
}
