import assert from 'node:assert/strict';
import { it } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { ParleyError } from '@parley/protocol';
import { until } from '../../until.ts';
import { bytes, Installation, type OpenBrokerEngine, text } from './engine.ts';
import { Ledger, Recorder } from './ledger.ts';

export function keepsTheLog(open: OpenBrokerEngine): void {
  it('delivers each partition in its order, from every publisher that waits and within every call', async () => {
    await using here = await Installation.open(open, 4);
    const [gateway, sequencer] = [await here.node(), await here.node()];
    assert.equal(gateway.partitions, 4);
    const ledger = new Ledger();
    const recorder = new Recorder('the consumer', ledger);
    await here.closing(sequencer.consume(recorder, { maxBatch: 1_000 }));
    for (let round = 0; round < 10; round++) {
      await Promise.all(
        [0, 1, 3].map((partition) => ledger.publish(round % 2 === 0 ? gateway : sequencer, partition, 30)),
      );
    }
    await until('all is consumed', () => ledger.isConsumed);
    assert.deepEqual(ledger.violations, []);
    assert.equal(ledger.consumed(3), 300);
    assert.ok(!recorder.batches.some(({ partition }) => partition === 2), 'nothing was published there');
  });

  it('keeps the order of one publisher’s calls also when it does not wait between them', async () => {
    await using here = await Installation.open(open, 2);
    const node = await here.node();
    const ledger = new Ledger();
    await here.closing(node.consume(new Recorder('the consumer', ledger), { maxBatch: 100 }));
    await Promise.all([ledger.publish(node, 0, 300, 3), ledger.publish(node, 1, 300, 7)]);
    await until('all is consumed', () => ledger.isConsumed);
    assert.deepEqual(ledger.violations, []);
  });

  it('keeps what is published while nobody consumes', async () => {
    await using here = await Installation.open(open, 2);
    const node = await here.node();
    const ledger = new Ledger();
    await ledger.publish(node, 0, 50);
    await ledger.publish(node, 1, 5, 1);
    await here.closing((await here.node()).consume(new Recorder('a late consumer', ledger), { maxBatch: 100 }));
    await until('all is consumed', () => ledger.isConsumed);
    assert.deepEqual(ledger.violations, []);
  });

  it('delivers everything that waits, but never more than asked for at once', async () => {
    await using here = await Installation.open(open, 2);
    const node = await here.node();
    const ledger = new Ledger();
    const recorder = new Recorder('the consumer', ledger, () => turn());
    await ledger.publish(node, 0, 100);
    await here.closing(node.consume(recorder, { maxBatch: 7 }));
    await ledger.publish(node, 0, 100, 10);
    await until('all is consumed', () => ledger.isConsumed);
    assert.deepEqual(ledger.violations, []);
    const sizes = recorder.batches.map(({ records }) => records.length);
    assert.equal(Math.max(...sizes), 7, `batches of ${sizes.join(' ')}`);
  });

  it('delivers a refused batch again, and nothing of its partition before it', async () => {
    await using here = await Installation.open(open, 2);
    const node = await here.node();
    const ledger = new Ledger();
    const refused: { readonly first: string; readonly offset: number }[] = [];
    const recorder = new Recorder('a reluctant consumer', ledger, async (_partition, records) => {
      const [first] = records;
      assert.ok(first !== undefined);
      const again = refused.filter((former) => former.first === text(first.payload));
      for (const former of again)
        if (former.offset !== first.offset) ledger.violations.push(`${former.first} came again with another offset`);
      if (again.length >= 2 || refused.length >= 8) return;
      refused.push({ first: text(first.payload), offset: first.offset });
      throw new Error('not now');
    });
    await here.closing(node.consume(recorder, { maxBatch: 10 }));
    for (let round = 0; round < 4; round++)
      await Promise.all([0, 1].map((partition) => ledger.publish(node, partition, 10)));
    await until(
      'all is consumed',
      () => ledger.isConsumed,
      () => recorder.batches.length,
    );
    assert.deepEqual(ledger.violations, []);
    assert.ok(refused.length >= 3);
  });

  it('does not deliver again what was consumed, to whoever comes next', async () => {
    await using here = await Installation.open(open, 2);
    const [first, second] = [await here.node(), await here.node()];
    const ledger = new Ledger();
    const consuming = await here.closing(first.consume(new Recorder('the first', ledger), { maxBatch: 10 }));
    await ledger.publish(first, 0, 30);
    await until('all is consumed', () => ledger.isConsumed);
    await here.close(consuming);
    const heir = new Recorder('the second', ledger);
    await here.closing(second.consume(heir, { maxBatch: 10 }));
    await ledger.publish(second, 0, 10);
    await until('all is consumed', () => ledger.isConsumed);
    assert.deepEqual(ledger.violations, []);
    assert.deepEqual(
      heir.batches.flatMap(({ records }) => records.map(({ payload }) => text(payload))),
      Array.from({ length: 10 }, (_, index) => `0:${30 + index}`),
    );
  });

  it('carries any bytes, and records as large as the largest frame with its envelope', async () => {
    await using here = await Installation.open(open, 1);
    const node = await here.node();
    const all = Uint8Array.from({ length: 256 }, (_, byte) => byte);
    const payloads = [all, new Uint8Array(128 * 1024).fill(0xff), bytes('né 😀'), Uint8Array.of(0)];
    const got: Uint8Array[] = [];
    const consumer = {
      assigned: () => Promise.resolve(),
      revoked: () => Promise.resolve(),
      batch: (_partition: number, records: readonly { readonly payload: Uint8Array }[]) => {
        got.push(...records.map(({ payload }) => Uint8Array.from(payload)));
        return Promise.resolve();
      },
    };
    await here.closing(node.consume(consumer, { maxBatch: 100 }));
    await node.publish(0, payloads);
    await until(
      'all arrived',
      () => got.length >= payloads.length,
      () => got.length,
    );
    assert.deepEqual(got, payloads);
  });

  it('refuses what is beyond its bound, keeps what it took, and takes more when there is room', async (t) => {
    await using here = await Installation.open(open, 1);
    const { maxQueued } = here.engine;
    if (maxQueued === undefined) {
      t.skip('the adapter has no bound to reach in a test');
      return;
    }
    const node = await here.node();
    const results = await Promise.allSettled(
      Array.from({ length: maxQueued + 50 }, (_, index) => node.publish(0, [bytes(`record ${index}`)])),
    );
    const refusals = results.filter((result) => result.status === 'rejected').map(({ reason }): unknown => reason);
    assert.ok(refusals.length > 0, 'nothing was refused');
    for (const reason of refusals)
      assert.ok(reason instanceof ParleyError && reason.code === 'unavailable', String(reason));

    const got = new Set<string>();
    await here.closing(
      node.consume(
        {
          assigned: () => Promise.resolve(),
          revoked: () => Promise.resolve(),
          batch: (_partition, records) => {
            for (const { payload } of records) got.add(text(payload));
            return Promise.resolve();
          },
        },
        { maxBatch: 1_000 },
      ),
    );
    const taken = results.flatMap(({ status }, index) => (status === 'fulfilled' ? [`record ${index}`] : []));
    await until(
      'all that was taken arrived',
      () => taken.every((record) => got.has(record)),
      () => got.size,
    );
    // The consumer's word for the last batch may still be on its way.
    await until('there is room again', () =>
      node.publish(0, [bytes('there is room again')]).then(
        () => true,
        () => false,
      ),
    );
    await until('the next arrived', () => got.has('there is room again'));
  });
}
