import assert from 'node:assert/strict';
import type { MutantName } from './mutants.ts';
import { runVerify } from './run.ts';

/** How a mutant is exposed. */
export interface Exposure {
  /** What exposes it: as short as it may be. */
  readonly args: readonly string[];
  readonly said: RegExp;
}

export async function isNoticed(mutant: MutantName, { args, said }: Exposure): Promise<void> {
  const verified = await runVerify(args, mutant);
  assert.equal(verified.code, 1, `it passed: ${verified.line}`);
  assert.match(verified.said, said);
}
