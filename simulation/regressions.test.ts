import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { regressions } from './regressions.ts';
import { offendingHistory } from './run/history.ts';
import { simulate } from './run/simulate.ts';

describe('what the simulation once found', { concurrency: 1 }, () => {
  for (const { seed, found } of regressions) {
    it(`does not come back: ${found} (seed ${seed})`, async () => {
      const { findings } = await simulate(seed);
      assert.equal(findings.length, 0, findings.length === 0 ? '' : await offendingHistory(seed));
    });
  }
});
