import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { MutantName } from './verify/mutants.ts';
import { runVerify } from './verify/run.ts';
import { sharedEngines } from './verify/shared-engines.ts';

interface Exposure {
  /** What exposes it: as short as it may be. */
  readonly args: readonly string[];
  readonly said: RegExp;
}

/** Few people, so that little time goes into making them and most of the machine's into what exposes the mutant. */
const small = '--members 6 --rate 60 --settle 20 --faults none'.split(' ');
/** Many conversations in which little happens: in some of them nothing follows what was lost. */
const quiet = '--members 20 --rate 40 --settle 20 --faults none'.split(' ');

/** Where every mutant shows on one node and the embedded engines. */
const embedded: Readonly<Partial<Record<MutantName, Exposure>>> = {
  'no-dedupe': { args: [...small, '--seconds', '8'], said: /P4: .* was stored at \d+ and at \d+/ },
  'no-end-at-seq': { args: [...small, '--seconds', '8'], said: /P5: .* saw .*; member \d+ to \d+/ },
  'no-backpressure': { args: [...small, '--seconds', '16'], said: /P6: .* MiB/ },
  'no-gap-check': { args: [...quiet, '--seconds', '8'], said: /node-1 ended by itself|P[23]: / },
  'no-inbox-numbers': { args: [...quiet, '--seconds', '8'], said: /P3: .* saw .* up to \d+ of \d+/ },
};

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

async function isNoticed(mutant: MutantName, { args, said }: Exposure): Promise<void> {
  const verified = await runVerify(args, mutant);
  assert.equal(verified.code, 1, `it passed: ${verified.line}`);
  assert.match(verified.said, said);
}

describe('verify notices', { concurrency: 3 }, () => {
  for (const [mutant, exposure] of Object.entries(embedded) as [MutantName, Exposure][])
    it(`${mutant}, on the embedded engines`, () => isNoticed(mutant, exposure));

  it('nothing where inboxes lose what they may lose', async () => {
    const { code, line, said } = await runVerify([...quiet, '--seconds', '8'], 'lossy-inboxes');
    assert.equal(code, 0, `${said}\n${line}`);
  });
});

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
