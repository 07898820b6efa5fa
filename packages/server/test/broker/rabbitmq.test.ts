import { randomUUID } from 'node:crypto';
import { describe } from 'node:test';
import { connect } from 'amqplib';
import { rabbitmq } from '../../../../scripts/engines/rabbitmq.ts';
import { openRabbitBroker } from '../../src/broker/rabbitmq/index.ts';
import { silentLog } from '../../src/log.ts';
import { engineForTest } from '../engines.ts';
import { ClientSockets } from './client-sockets.ts';
import { conformsToBroker } from './conformance.ts';
import { outlivesItsEngine } from './engine-restart.ts';

const { url, skip } = engineForTest('rabbitmq');
const maxQueued = 1_000;

describe('on a real RabbitMQ', { skip }, () => {
  const sockets = new ClientSockets(Number(new URL(url).port));

  conformsToBroker('rabbitmq', ({ partitions }) => {
    const prefix = `test-${randomUUID()}`;
    const options = { partitions, log: silentLog };
    return Promise.resolve({
      connect: () => openRabbitBroker(`${url}?prefix=${prefix}&maxQueued=${maxQueued}`, options),
      maxQueued,
      cutConnections: () => Promise.resolve(sockets.cut()),
      close: async () => {
        const model = await connect(url);
        const channel = await model.createChannel();
        for (let partition = 0; partition < partitions; partition++)
          await channel.deleteQueue(`${prefix}.log.${partition}`);
        for (const exchange of ['beats', 'inboxes']) await channel.deleteExchange(`${prefix}.${exchange}`);
        await model.close();
      },
    });
  });

  outlivesItsEngine(rabbitmq, 25_673, (url) =>
    openRabbitBroker(`${url}?prefix=restart`, { partitions: 1, log: silentLog }),
  );
});
