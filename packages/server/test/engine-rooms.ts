import { Admin } from '@platformatic/kafka';
import { connect } from 'amqplib';
import { dropCassandra, dropMongodb } from './store/drop.ts';

/** A part of a shared engine that is one test's alone: topics, queues, a keyspace, a database. */
export interface EngineRoom {
  /** What to give Parley. */
  readonly url: string;
  /** Takes everything of the room away again. */
  erase(): Promise<void>;
}

const partitions = 64;

/** How each engine is divided. Caches are not: their keys are ids, which are random. */
const rooms: Readonly<Record<string, (url: string, name: string) => EngineRoom>> = {
  kafka: (url, name) => ({
    url: `${url}/${name}`,
    async erase() {
      const admin = new Admin({ clientId: 'test', bootstrapBrokers: [new URL(url).host] });
      await admin.deleteTopics({ topics: ['log', 'inboxes', 'beats'].map((topic) => `${name}.${topic}`) });
      await admin.close();
    },
  }),
  rabbitmq: (url, name) => ({
    url: `${url}?prefix=${name}`,
    async erase() {
      const model = await connect(url);
      const channel = await model.createChannel();
      for (let partition = 0; partition < partitions; partition++)
        await channel.deleteQueue(`${name}.log.${partition}`);
      for (const exchange of ['beats', 'inboxes']) await channel.deleteExchange(`${name}.${exchange}`);
      await model.close();
    },
  }),
  cassandra: (url, name) => ({
    url: withPath(url, name),
    erase: () => dropCassandra(new URL(url).host, name),
  }),
  mongodb: (url, name) => ({
    url: withPath(url, name),
    erase: () => dropMongodb(new URL(url).host, name),
  }),
};

const withPath = (url: string, path: string): string => {
  const { protocol, host, search } = new URL(url);
  return `${protocol}//${host}/${path}${search}`;
};

/**
 * A room in an engine.
 * @param name letters, digits and `_`, fresh each time
 */
export function roomIn(engine: string, url: string, name: string): EngineRoom {
  return rooms[engine]?.(url, name) ?? { url, erase: () => Promise.resolve() };
}
