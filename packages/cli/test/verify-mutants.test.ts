import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { MutantName } from './verify/mutants.ts';
import { runVerify } from './verify/run.ts';

interface Exposure {
  /** What exposes it: as short as it may be. */
  readonly args: readonly string[];
  /** Which count of the closing line must not be 0. */
  readonly count?: 'lost' | 'duplicated' | 'disordered' | 'leaked' | 'unrecovered';
  readonly said: RegExp;
}

/** Few people, so that little time goes into making them and most of the machine's into what exposes the mutant. */
const small = ['--members', '6', '--rate', '60', '--faults', 'none'];

/** Where every mutant shows on one node and the embedded engines. */
const embedded: Readonly<Partial<Record<MutantName, Exposure>>> = {
  'no-dedupe': {
    args: [...small, '--seconds', '8'],
    count: 'duplicated',
    said: /was stored at \d+ and at \d+/,
  },
  'no-end-at-seq': {
    args: [...small, '--seconds', '8'],
    count: 'leaked',
    said: / saw .*; member \d+ to \d+/,
  },
  'no-backpressure': { args: [...small, '--seconds', '16'], said: /P6: .* MiB/ },
};

describe('verify notices', { concurrency: true }, () => {
  for (const [mutant, { args, count, said }] of Object.entries(embedded) as [MutantName, Exposure][]) {
    it(`${mutant}, on the embedded engines`, async () => {
      const verified = await runVerify(args, mutant);
      assert.equal(verified.code, 1, `it passed: ${verified.line}`);
      if (count !== undefined) assert.notEqual(verified.counts[count], 0, verified.line);
      assert.match(verified.said, said);
    });
  }
});
