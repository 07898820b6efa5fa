import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type Exposure, isNoticed } from './verify/exposure.ts';
import type { MutantName } from './verify/mutants.ts';
import { runVerify } from './verify/run.ts';
import { sharedEngines } from './verify/shared-engines.ts';

/** Two owners of a stream, and a log that outlives its nodes, need engines that several nodes share. */
const distributed: Readonly<Partial<Record<MutantName, Exposure>>> = {
  'no-compare-and-set': {
    args: '--members 6 --rate 40 --settle 20 --faults none --seconds 10'.split(' '),
    said: /P[1234]: /,
  },
  'commit-before-append': {
    args: '--mode at-least-once --members 6 --rate 60 --settle 20 --faults kill,store-slow --seconds 20'.split(' '),
    said: /P1: .* was acknowledged and is not stored/,
  },
};

describe('verify notices on three nodes', { concurrency: 3, skip: sharedEngines('kafka-cassandra-redis').skip }, () => {
  for (const [mutant, { args, said }] of Object.entries(distributed) as [MutantName, Exposure][]) {
    it(`${mutant}, on Kafka and Cassandra`, async () => {
      await using engines = await sharedEngines('kafka-cassandra-redis').open();
      await isNoticed(mutant, { args: [...engines.args, ...args], said });
    });
  }

  it('nothing where partitions have two owners', async () => {
    await using engines = await sharedEngines('kafka-cassandra-redis').open();
    const args = [...engines.args, ...(distributed['no-compare-and-set']?.args ?? [])];
    const { code, line, said } = await runVerify(args, 'two-owners');
    assert.equal(code, 0, `${said}\n${line}`);
  });
});
