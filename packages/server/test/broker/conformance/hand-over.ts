import assert from 'node:assert/strict';
import { it } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { until } from '../../until.ts';
import { Installation, type OpenBrokerEngine } from './engine.ts';
import { Ledger, Recorder } from './ledger.ts';

const partitions = 8;
const all = Array.from({ length: partitions }, (_, partition) => partition);

/** Whether each partition is owned by exactly one of them. */
const isShared = (recorders: readonly Recorder[]): boolean =>
  all.every((partition) => recorders.filter(({ owned }) => owned.has(partition)).length === 1);
const ownedBy = (recorders: readonly Recorder[]): number[][] => recorders.map(({ owned }) => [...owned]);

export function handsPartitionsOver(open: OpenBrokerEngine): void {
  it('gives every partition one consumer in the end, as consumers come and go', async () => {
    await using here = await Installation.open(open, partitions);
    const ledger = new Ledger();
    const recorders = ['first', 'second', 'third'].map((name) => new Recorder(name, ledger));
    const consuming = [];
    for (const [index, recorder] of recorders.entries()) {
      consuming.push(await here.closing((await here.node()).consume(recorder, { maxBatch: 10 })));
      const present = recorders.slice(0, index + 1);
      await until(
        `${index + 1} share the partitions`,
        () => isShared(present),
        () => ownedBy(present),
      );
    }
    const [first, , third] = consuming;
    assert.ok(first !== undefined && third !== undefined);
    await here.close(first);
    const rest = recorders.slice(1);
    await until(
      'two share the partitions',
      () => isShared(rest),
      () => ownedBy(rest),
    );
    await here.close(third);
    const last = recorders.slice(1, 2);
    await until(
      'the last has them all',
      () => isShared(last),
      () => ownedBy(last),
    );
  });

  it('loses and reorders nothing while partitions move between consumers under load', async () => {
    await using here = await Installation.open(open, partitions);
    const gateway = await here.node();
    const ledger = new Ledger();
    const recorders = ['first', 'second'].map((name) => new Recorder(name, ledger, () => turn()));
    const [first, second] = recorders;
    assert.ok(first !== undefined && second !== undefined);
    const before = await here.closing((await here.node()).consume(first, { maxBatch: 5 }));
    const load = new AbortController();
    const loading = (async () => {
      while (!load.signal.aborted) {
        await Promise.all(all.map((partition) => ledger.publish(gateway, partition, 3, 1)));
        // A hand-over may take seconds; what waits meanwhile stays far below any bound.
        do await turn();
        while (!load.signal.aborted && ledger.waiting > 300);
      }
    })();
    try {
      await until('the first works', () => first.batches.length > 20);
      const after = await here.closing((await here.node()).consume(second, { maxBatch: 5 }));
      await until(
        'they share the partitions',
        () => isShared(recorders),
        () => ownedBy(recorders),
      );
      await here.close(before);
      await until(
        'the second has them all',
        () => second.owned.size === partitions,
        () => ownedBy(recorders),
      );
      const heir = new Recorder('heir', ledger, () => turn());
      await here.closing((await here.node()).consume(heir, { maxBatch: 5 }));
      await until(
        'they share again',
        () => isShared([second, heir]),
        () => ownedBy([second, heir]),
      );
      await here.close(after);
      await until(
        'the heir has them all',
        () => heir.owned.size === partitions,
        () => ownedBy([heir]),
      );
    } finally {
      load.abort();
      await loading;
    }
    await until('all is consumed', () => ledger.isConsumed);
    assert.deepEqual(ledger.violations, []);
    assert.ok(second.batches.length > 0);
  });

  it('delivers again, to the next owner, the batch that the last one left unfinished', async () => {
    await using here = await Installation.open(open, 2);
    const ledger = new Ledger();
    const held = Promise.withResolvers<never>();
    held.promise.catch(() => undefined);
    const leaving = new Recorder('the one who leaves', ledger, () => held.promise);
    const node = await here.node();
    const consuming = await here.closing(node.consume(leaving, { maxBatch: 5 }));
    await Promise.all([0, 1].map((partition) => ledger.publish(node, partition, 20)));
    await until('it holds batches', () => new Set(leaving.batches.map(({ partition }) => partition)).size === 2);
    const closing = here.close(consuming);
    const heir = new Recorder('the next owner', ledger);
    const inheriting = here.closing((await here.node()).consume(heir, { maxBatch: 5 }));
    held.reject(new Error('it dies over this'));
    await Promise.all([closing, inheriting]);
    await until('all is consumed', () => ledger.isConsumed);
    assert.deepEqual(ledger.violations, []);
  });
}
