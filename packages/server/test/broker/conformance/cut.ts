import assert from 'node:assert/strict';
import { it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { ParleyError } from '@parley/protocol';
import { until } from '../../until.ts';
import { bytes, Installation, type OpenBrokerEngine, text } from './engine.ts';

export function outlivesACut(open: OpenBrokerEngine): void {
  it('goes on by itself when its connections are cut: nothing taken is lost, inboxes and members come back', async (t) => {
    await using here = await Installation.open(open, 2);
    if (here.engine.cutConnections === undefined) {
      t.skip('nothing to cut');
      return;
    }
    const [gateway, sequencer] = [await here.node(), await here.node()];
    const news: string[] = [];
    let members = '';
    await here.closing(gateway.openInbox('gateway', (payload) => news.push(text(payload))));
    await here.closing(gateway.join({ node: 'gateway', roles: [] }));
    await here.closing(
      sequencer.watchMembers((all) => {
        members = all.map(({ node }) => node).join(' ');
      }),
    );
    const firstSeen: string[] = [];
    await here.closing(
      sequencer.consume(
        {
          assigned: () => Promise.resolve(),
          revoked: () => Promise.resolve(),
          batch: (_partition, records) => {
            for (const { payload } of records) if (!firstSeen.includes(text(payload))) firstSeen.push(text(payload));
            return Promise.resolve();
          },
        },
        { maxBatch: 10 },
      ),
    );
    const published: string[] = [];
    for (let index = 0; index < 100; index++) {
      if (index === 40) void here.engine.cutConnections();
      const record = String(index);
      let taken = false;
      await until(`${record} is taken`, async () => {
        try {
          await gateway.publish(1, [bytes(record)]);
          taken = true;
        } catch (error) {
          assert.ok(error instanceof ParleyError && error.code === 'unavailable', String(error));
          await sleep(100);
        }
        return taken;
      });
      published.push(record);
    }
    await until(
      'all arrived',
      () => firstSeen.length === published.length,
      () => firstSeen,
    );
    assert.deepEqual(firstSeen, published);
    await until('news arrives again', async () => {
      sequencer.send('gateway', bytes('are you there?'));
      await sleep(50);
      return news.length > 0;
    });
    await until(
      'the member is seen again',
      () => members === 'gateway',
      () => members,
    );
  });
}
