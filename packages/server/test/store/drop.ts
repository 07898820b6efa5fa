import { Client } from 'cassandra-driver';
import { MongoClient } from 'mongodb';

/** @param host with its port */
export async function dropCassandra(host: string, keyspace: string): Promise<void> {
  const client = new Client({
    contactPoints: [host],
    localDataCenter: 'datacenter1',
    socketOptions: { readTimeout: 60_000 },
  });
  await client.execute(`DROP KEYSPACE IF EXISTS ${keyspace}`);
  await client.shutdown();
}

/** @param host with its port */
export async function dropMongodb(host: string, database: string): Promise<void> {
  const client = new MongoClient(`mongodb://${host}`);
  await client.db(database).dropDatabase();
  await client.close();
}
