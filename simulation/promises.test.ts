import assert from 'node:assert/strict';
import { env } from 'node:process';
import { describe, it } from 'node:test';
import { offendingHistory, summaryOf } from './run/history.ts';
import { simulateMany } from './run/many.ts';

/** `SEED=n` runs one seed, `SEEDS=n` so many instead of 1,000. */
const one = env['SEED'] === undefined ? undefined : Number(env['SEED']);
const from = one ?? 1;
const count = one === undefined ? Number(env['SEEDS'] ?? 1_000) : 1;

describe('3 gateways, 2 sequencers and 20 clients under faults', () => {
  it(`keep every promise, seeds ${from} to ${from + count - 1}`, async () => {
    let acknowledged = 0;
    const failed = await simulateMany({
      from,
      count,
      onOutcome: (outcome) => {
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
    assert.ok(acknowledged > count * 50, `only ${acknowledged} commands were acknowledged: nothing much was tried`);
  });
});
