import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { simulateMany } from './run/many.ts';
import { type MutantName, mutantNames } from './run/mutants.ts';

/** What a mutant breaks; it may break more. */
const broken: Readonly<Record<MutantName, RegExp>> = {
  'no-dedupe': /^P4: .* was stored at \d+ and at \d+/,
  'no-effect-notes': /^P1: .* (never heard of .*|is (a|no) member of .*, and its list says otherwise)$/,
  'no-compare-and-set': /^P[124]: /,
  'no-client-order': /^P2: .* saw /,
  'no-gap-check': /^P[23]: .* saw /,
  'no-inbox-numbers': /^P3: /,
  'commit-before-append': /^P1: /,
  'no-end-at-seq': /^P5: .* saw .*; member /,
  'no-last-asked': /^P3: /,
  'no-backpressure': /^P6: /,
  'no-sealing': /^P8: /,
};

describe('the checker notices', { concurrency: 1 }, () => {
  for (const mutant of mutantNames) {
    it(mutant, async () => {
      const [first] = await simulateMany({ from: 1, count: 1_000, mutant, stopsAtFirst: true });
      assert.ok(first !== undefined, `1,000 seeds ran with ${mutant}, and nothing was found`);
      assert.match(first.findings.join('\n'), new RegExp(broken[mutant], 'm'), `seed ${first.seed}`);
    });
  }
});
