import { randomUUID } from 'node:crypto';
import { type EngineRoom, roomIn } from '../../packages/server/test/engine-rooms.ts';
import { engineForTest } from '../../packages/server/test/engines.ts';
import { embedded, type Stack } from './deployment.ts';

/** Making a queue of each partition takes RabbitMQ a while. */
const partitions = '8';

/** Two nodes: what is done through one has to be seen through the other. */
function distributed(engines: Readonly<Record<'broker' | 'store' | 'cache', string>>): Stack {
  const found = Object.entries(engines).map(([port, engine]) => ({ port, engine, ...engineForTest(engine) }));
  return {
    name: Object.values(engines).join(' + '),
    skip: found.find(({ skip }) => skip !== false)?.skip ?? false,
    nodes: 2,
    open() {
      const name = `e2e_${randomUUID().slice(0, 8)}`;
      const rooms = found.map(({ port, engine, url }): [string, EngineRoom] => [port, roomIn(engine, url, name)]);
      return {
        flags: ['--partitions', partitions, ...rooms.flatMap(([port, room]) => [`--${port}`, room.url])],
        async erase() {
          await Promise.all(rooms.map(([, room]) => room.erase()));
        },
      };
    },
  };
}

/** The stacks that Parley is made for. */
export const stacks: readonly Stack[] = [
  embedded,
  distributed({ broker: 'kafka', store: 'cassandra', cache: 'redis' }),
  distributed({ broker: 'rabbitmq', store: 'mongodb', cache: 'memcached' }),
];
