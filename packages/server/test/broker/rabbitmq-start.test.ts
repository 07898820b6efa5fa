import assert from 'node:assert/strict';
import { connect, createServer } from 'node:net';
import { describe, it } from 'node:test';
import { openRabbitBroker } from '../../src/broker/rabbitmq/index.ts';
import { silentLog } from '../../src/log.ts';
import { engineForTest } from '../engines.ts';
import { endTogether } from './end-together.ts';
import { eraseNames } from './rabbitmq-names.ts';

const rabbitmq = engineForTest('rabbitmq');
const partitions = 64;
/** Through the handshake, into the making of queues. */
const cutAfterBytes = 2_500;

describe('a node that starts while RabbitMQ goes away', { skip: rabbitmq.skip }, () => {
  it('makes what was left half made once it is back', async () => {
    const real = new URL(rabbitmq.url.replace(/^amqp:/, 'http:'));
    let accepted = 0;
    const proxy = createServer((client) => {
      accepted++;
      let left = accepted <= 2 ? cutAfterBytes : Number.POSITIVE_INFINITY;
      const server = connect(Number(real.port), real.hostname);
      client.on('data', (bytes) => {
        left -= bytes.length;
        if (left <= 0) client.resetAndDestroy();
        else server.write(bytes);
      });
      server.pipe(client);
      endTogether(client, server);
    });
    await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
    const address = proxy.address();
    assert.ok(typeof address === 'object' && address !== null);
    const prefix = `start-${process.pid}`;
    const url = `amqp://${real.username}:${real.password}@127.0.0.1:${address.port}?prefix=${prefix}`;
    try {
      const broker = await openRabbitBroker(url, { partitions, log: silentLog });
      await broker.check();
      await broker.close();
      // Two for each attempt.
      assert.ok(accepted > 2, 'nothing was cut');
    } finally {
      proxy.close();
      await eraseNames(rabbitmq.url, prefix, partitions);
    }
  });
});
