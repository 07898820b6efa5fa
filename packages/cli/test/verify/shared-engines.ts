import { randomUUID } from 'node:crypto';
import { Admin } from '@platformatic/kafka';
import { connect } from 'amqplib';
import { Client } from 'cassandra-driver';
import { MongoClient } from 'mongodb';
import { engineForTest } from '../../../server/test/engines.ts';

/** Partitions of the log that a node makes unless told otherwise. */
const partitions = 64;

interface OpenedEngines extends AsyncDisposable {
  /** What `parley verify` is told. */
  readonly args: readonly string[];
}

const stacks = {
  'kafka-cassandra-redis': { engines: ['kafka', 'cassandra', 'redis'], open: openKafkaCassandra },
  'rabbitmq-mongodb-memcached': { engines: ['rabbitmq', 'mongodb', 'memcached'], open: openRabbitMongo },
} as const;

/** The engines that all tests share, with names of its own for each run. Faults strike the nodes and their lines, not them. */
export function sharedEngines(stack: keyof typeof stacks) {
  const { engines, open } = stacks[stack];
  const found = engines.map((name) => engineForTest(name));
  const skip = found.find((engine) => engine.skip !== false)?.skip ?? false;
  return {
    skip,
    open: async (): Promise<OpenedEngines> => {
      const [broker = '', store = '', cache = ''] = found.map(({ url }) => url);
      const opened = await open(`verify_${randomUUID().slice(0, 8)}`, broker, store);
      const args = ['--stack', stack, '--broker', opened.broker, '--store', opened.store, '--cache', cache];
      return { args, [Symbol.asyncDispose]: opened.remove };
    },
  };
}

interface Named {
  readonly broker: string;
  readonly store: string;
  /** Leaves nothing behind. */
  readonly remove: () => Promise<void>;
}

function openKafkaCassandra(name: string, broker: string, store: string): Promise<Named> {
  const place = new URL(store.replace(/^cassandra:/, 'http:'));
  return Promise.resolve({
    broker: `${broker}/${name}`,
    store: store.replace(/\/[^/?]*(\?|$)/, `/${name}$1`),
    async remove() {
      const admin = new Admin({ clientId: name, bootstrapBrokers: [new URL(broker.replace(/^kafka:/, 'http:')).host] });
      // A run that failed before it made them has nothing to remove, and its own error matters more.
      await admin
        .deleteTopics({ topics: ['log', 'inboxes', 'beats'].map((topic) => `${name}.${topic}`) })
        .catch(() => undefined);
      await admin.close();
      const client = new Client({
        contactPoints: [place.host],
        localDataCenter: place.searchParams.get('datacenter') ?? 'datacenter1',
        // Dropping a keyspace writes to disk.
        socketOptions: { readTimeout: 60_000 },
      });
      await client.execute(`DROP KEYSPACE IF EXISTS ${name}`);
      await client.shutdown();
    },
  });
}

function openRabbitMongo(name: string, broker: string, store: string): Promise<Named> {
  const database = store.replace(/\/[^/?]*(\?|$)/, `/${name}$1`);
  return Promise.resolve({
    broker: `${broker}?prefix=${name}`,
    store: database,
    async remove() {
      const model = await connect(broker);
      const channel = await model.createChannel();
      for (let partition = 0; partition < partitions; partition++)
        await channel.deleteQueue(`${name}.log.${partition}`);
      for (const exchange of ['beats', 'inboxes']) await channel.deleteExchange(`${name}.${exchange}`);
      await model.close();
      const client = await MongoClient.connect(database);
      await client.db().dropDatabase();
      await client.close();
    },
  });
}
