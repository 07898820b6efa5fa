import assert from 'node:assert/strict';
import { env } from 'node:process';
import { describe, it } from 'node:test';
import { offendingHistory, summaryOf } from './run/history.ts';
import { simulateMany } from './run/many.ts';

/**
 * `SEED=n` runs one seed, `SEEDS=n` so many instead of 1,000. `SEEDS_WITHIN_S=n` ends after so many seconds with the seeds
 * that ran by then, for machines whose time is limited and whose speed nobody knows; fewer than 1,000 are too few.
 */
const one = env['SEED'] === undefined ? undefined : Number(env['SEED']);
const from = one ?? 1;
const count = one === undefined ? Number(env['SEEDS'] ?? 1_000) : 1;
const withinS = env['SEEDS_WITHIN_S'] === undefined ? undefined : Number(env['SEEDS_WITHIN_S']);

describe('3 gateways, 2 sequencers and 20 clients under faults', () => {
  it(`keep every promise, seeds ${from} to ${from + count - 1}`, async (test) => {
    let runs = 0;
    let acknowledged = 0;
    const failed = await simulateMany({
      from,
      count,
      ...(withinS === undefined ? {} : { withinMs: withinS * 1_000 }),
      onOutcome: (outcome) => {
        runs++;
        acknowledged += outcome.acknowledged;
      },
    });
    const [first] = failed;
    const history = first === undefined ? '' : await offendingHistory(first.seed);
    assert.equal(
      failed.length,
      0,
      `${failed.map(summaryOf).join('\n')}\n\n${history}\n\nSEED=${first?.seed} npm test -- simulation/promises shows this again.`,
    );
    test.diagnostic(`${runs} seeds, ${acknowledged} commands acknowledged`);
    assert.ok(runs >= Math.min(count, 1_000), `only ${runs} of ${count} seeds ran within ${withinS} s`);
    assert.ok(acknowledged > runs * 50, `only ${acknowledged} commands were acknowledged: nothing much was tried`);
  });
});
