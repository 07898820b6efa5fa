import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { newUserId } from '@parley/protocol';
import { Audit, type AuditEntry, faultsOf } from '../../src/audit/index.ts';
import { silentLog } from '../../src/log.ts';
import { until } from '../until.ts';
import { VirtualClock } from '../virtual-clock.ts';
import { MemoryDocuments } from './memory-documents.ts';

const dayMs = 86_400_000;
const ann = newUserId();

function open() {
  const store = new MemoryDocuments();
  const clock = new VirtualClock();
  const audit = new Audit({ store, clock, log: silentLog, node: 'n_1' });
  return { store, clock, audit };
}
const failures = (audit: Audit, count: number): void => {
  for (let index = 0; index < count; index++) audit.record({ act: 'session.failed', detail: { index } });
};
const ascending = async (audit: Audit): Promise<AuditEntry[]> => (await audit.page(undefined, 1_000)).toReversed();

describe('the audit log', () => {
  it('tells who did what to whom, from where, newest first', async () => {
    const { audit, clock } = open();
    audit.record({ act: 'session.started', actor: ann, from: { address: '192.0.2.1', session: 's1' } });
    clock.advance(1_000);
    audit.record({ act: 'account.banned', actor: ann, target: newUserId(), detail: { forMs: 5 } });
    await audit.settled();
    const [newest, oldest] = await audit.page(undefined, 10);
    assert.equal(newest?.act, 'account.banned');
    assert.deepEqual(
      [oldest?.act, oldest?.actor, oldest?.address, oldest?.session],
      ['session.started', ann, '192.0.2.1', 's1'],
    );
  });

  it('is read in pages over days, with nothing twice and nothing left out', async () => {
    const { audit, clock } = open();
    for (let day = 0; day < 5; day++) {
      failures(audit, 7);
      await audit.settled();
      // A day without any entry lies between.
      clock.advance(2 * dayMs);
    }
    const seen: string[] = [];
    for (let page = await audit.page(undefined, 4); page.length > 0; page = await audit.page(page.at(-1)?.key, 4))
      seen.push(...page.map(({ key }) => key));
    assert.equal(new Set(seen).size, 35);
    assert.deepEqual(seen, seen.toSorted().toReversed());
  });

  it('shows that an entry was changed, and that one is missing', async () => {
    const { audit } = open();
    failures(audit, 10);
    await audit.settled();
    const entries = await ascending(audit);
    assert.deepEqual([...faultsOf(entries)], []);
    const changed = entries.map((entry, index) => (index === 4 ? { ...entry, actor: newUserId() } : entry));
    assert.match([...faultsOf(changed)].join(), /was changed/);
    assert.match([...faultsOf(entries.toSpliced(4, 1))].join(), /missing/);
  });

  it('keeps the order of a node while the store is away, and writes all of it when it is back', async () => {
    const { audit, store, clock } = open();
    store.isDown = true;
    failures(audit, 100);
    store.isDown = false;
    await until('all is written', async () => {
      clock.advance(10_000);
      return (await audit.page(undefined, 1_000)).length === 100;
    });
    assert.deepEqual([...faultsOf(await ascending(audit))], []);
  });

  it('has a bound on what waits, and says how much it did not keep', async () => {
    const { audit, store, clock } = open();
    store.isDown = true;
    failures(audit, 10_050);
    store.isDown = false;
    clock.advance(10_000);
    await until('it is written', async () => {
      clock.advance(10_000);
      return (await audit.page(undefined, 20_000)).length === 10_000;
    });
    await audit.settled();
    audit.record({ act: 'node.started' });
    await audit.settled();
    const [, lost] = await audit.page(undefined, 2);
    assert.deepEqual([lost?.act, lost?.detail], ['audit.lost', { count: 50 }]);
  });

  it('has nothing in the server that changes an entry, and only what cuts it by age deletes', () => {
    const sources = globSync('src/**/*.ts', { cwd: new URL('../../', import.meta.url) });
    const textOf = (file: string): string => readFileSync(new URL(`../../${file}`, import.meta.url), 'utf8');
    const naming = sources.filter((file) => /kind(?:: | = |\()?'audit'|Document\(\s*'audit'/.test(textOf(file)));
    assert.deepEqual(naming, ['src/audit/kind.ts']);
    const using = sources.filter((file) => /\/kind\.ts'/.test(textOf(file)));
    assert.deepEqual(using.toSorted(), ['src/audit/cut.ts', 'src/audit/index.ts']);
    assert.doesNotMatch(textOf('src/audit/index.ts'), /deleteDocument/);
    assert.doesNotMatch(textOf('src/audit/cut.ts'), /putDocument/);
    const puts = [...textOf('src/audit/index.ts').matchAll(/putDocument\(.*, (\d+)\);/g)];
    assert.deepEqual(
      puts.map(([, expected]) => expected),
      ['0', '0'],
    );
  });
});
