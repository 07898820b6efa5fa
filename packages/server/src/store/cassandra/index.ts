import type { Log } from '../../log.ts';
import { EngineError, reasonOf, untilReachable } from '../../patience.ts';
import type { MovableStore } from '../port.ts';
import { cassandraAddress } from './address.ts';
import { Connection, connect, isMistake } from './connection.ts';
import { contentsOf } from './contents.ts';
import { documentOperations } from './documents.ts';
import { messageOperations } from './messages.ts';
import { Partitions } from './partitions.ts';
import { recordOperations } from './records.ts';
import { migrate } from './schema.ts';
import { streamOperations } from './streams.ts';

export interface CassandraStoreOptions {
  readonly log: Log;
  /** Longest time to wait for a cluster that cannot be reached. Default 60 s. */
  readonly startWithinMs?: number;
}

/**
 * The store on Cassandra. Makes the keyspace and its tables where there are none.
 * @param url see `cassandraAddress`
 * @throws EngineError fit for an operator: unreachable, wrong credentials or rights, another replication, a newer schema
 */
export async function openCassandraStore(url: string, options: CassandraStoreOptions): Promise<MovableStore> {
  const address = cassandraAddress(url);
  const where = address.servers.map(({ host, port }) => `${host}:${port}`).join(', ');
  const client = await untilReachable({ engine: `Cassandra at ${where}`, ...options }, async () => {
    const { client, datacenter } = await connect(address);
    try {
      await migrate(client, datacenter, address);
      return client;
    } catch (error) {
      await client.shutdown();
      throw isMistake(error)
        ? new EngineError(`Cassandra at ${where} refuses: ${reasonOf(error)}.`, { cause: error })
        : error;
    }
  });
  const connection = new Connection(client, address);
  const partitions = new Partitions(connection);
  return {
    ...streamOperations(connection, partitions),
    ...messageOperations(connection, partitions),
    ...recordOperations(connection),
    ...documentOperations(connection),
    contents: () => contentsOf(connection),
    check: () => connection.run('INSERT INTO heartbeat (id, at) VALUES (1, ?) USING TTL 3600', Date.now()),
    close: () => connection.close(),
  };
}
