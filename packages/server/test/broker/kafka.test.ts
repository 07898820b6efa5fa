import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, describe, it } from 'node:test';
import { Admin } from '@platformatic/kafka';
import { kafka } from '../../../../scripts/engines/kafka.ts';
import { startEngine, stopEngine } from '../../../../scripts/engines/lifecycle.ts';
import { openKafkaBroker } from '../../src/broker/kafka/index.ts';
import { silentLog } from '../../src/log.ts';
import { engineForTest } from '../engines.ts';
import { until } from '../until.ts';
import { ClientSockets } from './client-sockets.ts';
import { bytes, text } from './conformance/engine.ts';
import { conformsToBroker } from './conformance.ts';
import { outlivesItsEngine } from './engine-restart.ts';
import { outlivesAKilledNode } from './killed-node.ts';
import { refusesAtStart } from './refusals.ts';
import { carries, speaksTls } from './secure.ts';

const { url, skip } = engineForTest('kafka');
const server = url.slice('kafka://'.length);
const maxQueued = 1_000;

async function erase(prefix: string): Promise<void> {
  const admin = new Admin({ clientId: 'test', bootstrapBrokers: [server] });
  await admin.deleteTopics({ topics: ['log', 'inboxes', 'beats'].map((topic) => `${prefix}.${topic}`) });
  await admin.close();
}

describe('on a real Kafka', { skip }, () => {
  const sockets = new ClientSockets(Number(server.split(':')[1]));

  conformsToBroker('kafka', ({ partitions }) => {
    const prefix = `test-${randomUUID()}`;
    const options = { partitions, log: silentLog };
    return Promise.resolve({
      connect: () => openKafkaBroker(`${url}/${prefix}?inboxes=2&maxQueued=${maxQueued}`, options),
      maxQueued,
      cutConnections: () => Promise.resolve(sockets.cut()),
      close: () => erase(prefix),
    });
  });

  describe('besides', () => {
    const prefix = `test-${randomUUID()}`;
    after(() => erase(prefix));
    outlivesAKilledNode(`${url}/${prefix}?inboxes=2`);
    refusesAtStart('kafka', `${url}/${prefix}?inboxes=2`, 'kafka://127.0.0.1:1');
  });

  const soon = { partitions: 1, log: silentLog, startWithinMs: 5_000 };
  outlivesItsEngine(
    kafka,
    29_092,
    (own) => openKafkaBroker(`${own}/restart?inboxes=2`, soon),
    (own) => {
      const certificates = () => own().certificates;
      it('waits for brokers that go away while a node starts, between its first look and its inbox', async () => {
        const { place } = own();
        const broker = await openKafkaBroker(`${kafka.url(place.port)}/starting?inboxes=2`, {
          ...soon,
          startWithinMs: 60_000,
        });
        try {
          await stopEngine(place, { signal: 'SIGKILL' });
          const news: string[] = [];
          const opening = broker.openInbox('starting', (payload) => news.push(text(payload)));
          await startEngine(kafka, place);
          await opening;
          broker.send('starting', bytes('are you there?'));
          await until('news arrives', () => news.length > 0);
        } finally {
          await broker.close();
        }
      });
      speaksTls(certificates, (query) =>
        openKafkaBroker(`kafka://127.0.0.1:${own().place.tls.port}/secure?inboxes=2&tls=true&${query}`, soon),
      );

      for (const sasl of ['plain', 'scram-sha-256', 'scram-sha-512']) {
        it(`signs in over TLS by ${sasl}, and is told at once of a wrong password`, async () => {
          const options = `/secure?inboxes=2&tls=true&sasl=${sasl}&ca=${certificates().ca}`;
          const server = `127.0.0.1:${own().place.tls.port + 1}`;
          await carries(await openKafkaBroker(`kafka://ann:secret@${server}${options}`, soon), sasl);
          await assert.rejects(openKafkaBroker(`kafka://ann:wrong@${server}${options}`, soon), (error: Error) => {
            assert.match(error.message, /refuses the user or the password/);
            return true;
          });
        });
      }
    },
  );
});
