import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type Exposure, isNoticed } from './verify/exposure.ts';
import type { MutantName } from './verify/mutants.ts';
import { runVerify } from './verify/run.ts';

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

describe('verify notices', { concurrency: 3 }, () => {
  for (const [mutant, exposure] of Object.entries(embedded) as [MutantName, Exposure][])
    it(`${mutant}, on the embedded engines`, () => isNoticed(mutant, exposure));

  it('nothing where inboxes lose what they may lose', async () => {
    const { code, line, said } = await runVerify([...quiet, '--seconds', '8'], 'lossy-inboxes');
    assert.equal(code, 0, `${said}\n${line}`);
  });
});
