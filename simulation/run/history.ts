import type { AllSafeguards } from './simulate.ts';
import { type Outcome, simulate } from './simulate.ts';

/** Lines of a history that concern what a finding names: that stream, and what went wrong around it. */
const always = /^ *[\d.]+ {2}(?:fault|log) /;
const id = /[cu]_[0-9a-z]{26}/;
const maxLines = 400;
const maxWidth = 220;

/** What went wrong in a run, and everything that happened to the streams that its findings name. */
export async function offendingHistory(seed: number, safeguards?: AllSafeguards): Promise<string> {
  const { findings, lines, hash, recoveryMs } = await simulate(seed, safeguards, true);
  const named = findings.flatMap((finding) => id.exec(finding)?.[0] ?? []);
  const [stream] = named;
  const told = lines
    .filter((line) => always.test(line) || (stream !== undefined && line.includes(stream)))
    .map((line) => line.slice(0, maxWidth));
  const shown = told.slice(-maxLines);
  return [
    ...(told.length > shown.length ? [`… ${told.length - shown.length} lines before`] : []),
    ...shown,
    ...findings,
    `seed ${seed}, trace ${hash}, ${Math.round(recoveryMs)} ms from the last fault until everybody was level`,
  ].join('\n');
}

/** One line for each run that broke a promise. */
export const summaryOf = ({ seed, findings }: Outcome): string =>
  `seed ${seed}: ${findings.length} findings, the first: ${findings[0] ?? ''}`;
