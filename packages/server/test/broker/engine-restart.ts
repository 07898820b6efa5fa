import assert from 'node:assert/strict';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { env } from 'node:process';
import { after, before, describe, it } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { ParleyError } from '@parley/protocol';
import type { Engine, Place } from '../../../../scripts/engines/engine.ts';
import { startEngine, stopEngine } from '../../../../scripts/engines/lifecycle.ts';
import type { Broker } from '../../src/broker/port.ts';
import { type EngineCertificates, makeEngineCertificates, tlsPlace } from '../engine-certificates.ts';
import { until } from '../until.ts';
import { bytes, text } from './conformance/engine.ts';

/** An engine that is a test's alone, with certificates and a door for those who show one. */
export interface OwnEngine {
  readonly place: Required<Place>;
  readonly certificates: EngineCertificates;
}

/**
 * The engine itself is killed and comes back: an instance of its own, since others use the shared one.
 * @param port a free one; the engine takes the ones right above it too
 * @param more further tests of that instance
 */
export function outlivesItsEngine(
  engine: Engine,
  port: number,
  open: (url: string) => Promise<Broker>,
  more: (own: () => OwnEngine) => void,
): void {
  const isOurs = env[`PARLEY_TEST_${engine.name.toUpperCase()}_URL`] === undefined;
  describe('with an engine of its own', { skip: isOurs ? false : 'the engine is not ours to kill' }, () => {
    let own: OwnEngine;
    before(async () => {
      const folder = await mkdtemp(join(tmpdir(), `parley-${engine.name}-`));
      const certificates = makeEngineCertificates(folder);
      own = { place: { folder, port, tls: tlsPlace(certificates, port + 10) }, certificates };
      await startEngine(engine, own.place);
    });
    after(() => stopEngine(own.place, { erase: true }));

    more(() => own);

    it('killed, refuses or waits while it is away, then goes on by itself: nothing taken is lost, nothing overtakes', async () => {
      const { place } = own;
      const brokers: Broker[] = [];
      try {
        const url = engine.url(port);
        const [gateway, sequencer] = [await open(url), await open(url)];
        brokers.push(gateway, sequencer);
        const seen: string[] = [];
        const news: string[] = [];
        let members = '';
        await gateway.openInbox('gateway', (payload) => news.push(text(payload)));
        await gateway.join({ node: 'gateway', roles: [] });
        await sequencer.watchMembers((all) => {
          members = all.map(({ node }) => node).join(' ');
        });
        await sequencer.consume(
          {
            assigned: () => Promise.resolve(),
            revoked: () => Promise.resolve(),
            batch: (_partition, records) => {
              for (const { payload } of records) if (!seen.includes(text(payload))) seen.push(text(payload));
              return Promise.resolve();
            },
          },
          { maxBatch: 10 },
        );
        const taken: string[] = [];
        const publish = async (record: string): Promise<void> => {
          try {
            await gateway.publish(0, [bytes(record)]);
            taken.push(record);
          } catch (error) {
            assert.ok(error instanceof ParleyError && error.code === 'unavailable', String(error));
          }
        };
        // The orderly end first: RabbitMQ 3.10 may not find a queue again that was made less than three minutes before a crash.
        for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
          for (let index = 0; index < 20; index++) await publish(`before ${signal}, ${index}`);
          const before = taken.length;
          await stopEngine(place, { signal });
          const waiting = Array.from({ length: 20 }, (_, index) => publish(`while it was away, ${signal}, ${index}`));
          await assert.rejects(gateway.check());
          await startEngine(engine, place);
          await Promise.all(waiting);
          await until('it takes records again', async () => {
            await publish(`after ${signal}, ${taken.length}, ${Date.now()}`);
            return taken.length > before + 1;
          });
        }
        assert.ok(taken.length >= 40);
        await until(
          'all that was taken arrived',
          () => taken.every((record) => seen.includes(record)),
          () => ({ taken, seen }),
        );
        assert.deepEqual(
          seen.filter((record) => taken.includes(record)),
          taken,
        );
        news.length = 0;
        await until('news arrives again', async () => {
          sequencer.send('gateway', bytes('are you there?'));
          await sleep(50);
          return news.length > 0;
        });
        await until(
          'the member is still seen',
          () => members === 'gateway',
          () => members,
        );
        await gateway.check();
      } finally {
        for (const broker of brokers) await broker.close();
      }
    });
  });
}
