import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { AuditCuts } from '../../src/audit/cut.ts';
import { Audit, type AuditEntry, faultsOf } from '../../src/audit/index.ts';
import { silentLog } from '../../src/log.ts';
import { until } from '../until.ts';
import { VirtualClock } from '../virtual-clock.ts';
import { MemoryDocuments } from './memory-documents.ts';

const dayMs = 86_400_000;

/** Two nodes that write, ten days long, three entries a day each. */
async function tenDays(keepDays: number) {
  const store = new MemoryDocuments();
  const clock = new VirtualClock();
  const [audit, other] = ['n_1', 'n_2'].map((node) => new Audit({ store, clock, log: silentLog, node })) as [
    Audit,
    Audit,
  ];
  for (let day = 0; day < 10; day++) {
    for (const one of [audit, other])
      for (let index = 0; index < 3; index++) one.record({ act: 'session.failed', detail: { day, index } });
    await Promise.all([audit.settled(), other.settled()]);
    clock.advance(dayMs);
  }
  const cuts = new AuditCuts({ store, audit, clock, log: silentLog, keepDays });
  const entries = async (): Promise<AuditEntry[]> => (await audit.page(undefined, 1_000)).toReversed();
  return { store, clock, audit, other, cuts, entries };
}
const daysIn = (entries: readonly AuditEntry[]): unknown[] => [
  ...new Set(entries.filter(({ act }) => act === 'session.failed').map(({ detail }) => detail?.['day'])),
];

describe('an audit log that is cut by age', () => {
  it('loses whole days that are too old, tells where it was cut, and can be checked from there on', async () => {
    const { cuts, entries } = await tenDays(4);
    assert.deepEqual([...faultsOf(await entries())], []);
    assert.equal(await cuts.cut(), 36);
    const left = await entries();
    assert.deepEqual(daysIn(left), [6, 7, 8, 9]);
    const told = left
      .filter(({ act }) => act === 'audit.cut')
      .map(({ detail }) => [detail?.['node'], detail?.['count']]);
    assert.deepEqual(told.slice(-2), [
      ['n_1', 18],
      ['n_2', 18],
    ]);
    assert.deepEqual([...faultsOf(left)], []);
    assert.equal(await cuts.cut(), 0, 'and nothing more');
  });

  it('shows what was taken off its beginning by somebody else, and a cut that was made up or changed', async () => {
    const { cuts, entries } = await tenDays(4);
    const before = await entries();
    assert.match([...faultsOf(before.slice(7))].join(), /before \S+ something is missing/);
    await cuts.cut();
    const left = await entries();
    assert.match([...faultsOf(left.slice(1))].join(), /before \S+ something is missing/, 'one more than was cut');
    const without = left.filter(({ act }) => act !== 'audit.cut');
    assert.match([...faultsOf(without)].join(), /before \S+ something is missing/);
    const forged = left.map((entry) =>
      entry.act === 'audit.cut' ? { ...entry, detail: { ...entry.detail, hash: 'x' } } : entry,
    );
    assert.match([...faultsOf(forged)].join(), /was changed/);
  });

  it('goes on where it was stopped, and is not at fault meanwhile', async () => {
    const { store, cuts, entries } = await tenDays(4);
    const whole = store.deleteDocument.bind(store);
    let deletions = 0;
    store.deleteDocument = async (...place) => {
      if (++deletions > 8) throw new Error('the store is away');
      return whole(...place);
    };
    await assert.rejects(cuts.cut(), /away/);
    assert.deepEqual([...faultsOf(await entries())], []);
    store.deleteDocument = whole;
    await cuts.cut();
    assert.deepEqual(daysIn(await entries()), [6, 7, 8, 9]);
    assert.deepEqual([...faultsOf(await entries())], []);
  });

  it('is cut again and again by two nodes that write on', async () => {
    const { store, clock, audit, other, cuts, entries } = await tenDays(3);
    const theirs = new AuditCuts({ store, audit: other, clock, log: silentLog, keepDays: 3 });
    for (let day = 10; day < 20; day++) {
      await Promise.all([cuts.cut(), theirs.cut()]);
      for (const one of [audit, other]) one.record({ act: 'session.failed', detail: { day } });
      await Promise.all([audit.settled(), other.settled()]);
      assert.deepEqual([...faultsOf(await entries())], [], `day ${day}`);
      clock.advance(dayMs);
    }
    assert.deepEqual(daysIn(await entries()), [16, 17, 18, 19]);
  });

  it('is cut by itself once it is told to be, and never where it is kept for ever', async () => {
    const { clock, cuts, entries } = await tenDays(4);
    cuts.start();
    clock.advance(60_000);
    await until('it is cut', async () => daysIn(await entries()).length === 4);
    cuts.stop();
    const kept = await tenDays(0);
    kept.cuts.start();
    kept.clock.advance(100 * dayMs);
    assert.equal((await kept.entries()).length, 60);
  });
});
