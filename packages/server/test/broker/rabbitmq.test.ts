import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, describe, it } from 'node:test';
import { rabbitmq } from '../../../../scripts/engines/rabbitmq.ts';
import { openRabbitBroker } from '../../src/broker/rabbitmq/index.ts';
import { silentLog } from '../../src/log.ts';
import { engineForTest } from '../engines.ts';
import { ClientSockets } from './client-sockets.ts';
import { conformsToBroker } from './conformance.ts';
import { outlivesItsEngine } from './engine-restart.ts';
import { outlivesAKilledNode } from './killed-node.ts';
import { eraseNames } from './rabbitmq-names.ts';
import { refusesAtStart } from './refusals.ts';
import { speaksTls } from './secure.ts';

const { url, skip } = engineForTest('rabbitmq');
const maxQueued = 1_000;

describe('on a real RabbitMQ', { skip }, () => {
  const sockets = new ClientSockets(skip === false ? Number(new URL(url).port) : 0);

  conformsToBroker('rabbitmq', ({ partitions }) => {
    const prefix = `test-${randomUUID()}`;
    const options = { partitions, log: silentLog };
    return Promise.resolve({
      connect: () => openRabbitBroker(`${url}?prefix=${prefix}&maxQueued=${maxQueued}`, options),
      maxQueued,
      cutConnections: () => Promise.resolve(sockets.cut()),
      close: () => eraseNames(url, prefix, partitions),
    });
  });

  describe('besides', () => {
    const prefix = `test-${randomUUID()}`;
    after(() => eraseNames(url, prefix, 4));
    outlivesAKilledNode(`${url}?prefix=${prefix}`);
    refusesAtStart('rabbitmq', `${url}?prefix=${prefix}`, 'amqp://127.0.0.1:1');
    const refused = (given: string): Promise<unknown> => openRabbitBroker(given, { partitions: 4, log: silentLog });

    it('names a wrong password at once, and does not show it', async () => {
      const { hostname, port } = new URL(url);
      await assert.rejects(refused(`amqp://guest:secret@${hostname}:${port}`), (error: Error) => {
        assert.match(error.message, /refuses the user or the password/);
        assert.doesNotMatch(error.message, /secret/);
        return true;
      });
    });

    it('names a virtual host that is not there', async () => {
      await assert.rejects(refused(`${url}/nowhere?prefix=${prefix}`), /does not have the virtual host/);
    });
  });

  const soon = { partitions: 1, log: silentLog, startWithinMs: 5_000 };
  outlivesItsEngine(
    rabbitmq,
    25_673,
    (own) => openRabbitBroker(`${own}?prefix=restart`, soon),
    (own) =>
      speaksTls(
        () => own().certificates,
        (query) =>
          openRabbitBroker(`amqps://guest:guest@127.0.0.1:${own().place.tls.port}?prefix=secure&${query}`, soon),
      ),
  );
});
