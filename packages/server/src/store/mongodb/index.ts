import type { Log } from '../../log.ts';
import { EngineError, reasonOf, untilReachable } from '../../patience.ts';
import type { MovableStore } from '../port.ts';
import { Chain } from './chain.ts';
import { collectionsOf, connect, isMistake, put } from './connection.ts';
import { contentsOf } from './contents.ts';
import { documentOperations } from './documents.ts';
import { messageOperations } from './messages.ts';
import { recordOperations } from './records.ts';
import { migrate } from './schema.ts';
import { streamOperations } from './streams.ts';

export interface MongodbStoreOptions {
  readonly log: Log;
  /** Longest time to wait for a server that cannot be reached. Default 60 s. */
  readonly startWithinMs?: number;
}

/**
 * The store on MongoDB, or what speaks its protocol. Makes its collections and indexes where there are none.
 * @param url MongoDB's own connection string, with a database: `mongodb://host1,host2/parley?replicaSet=rs0`
 * @throws EngineError fit for an operator: unreachable, wrong credentials or rights, a newer schema
 */
export async function openMongodbStore(url: string, options: MongodbStoreOptions): Promise<MovableStore> {
  const [, where = ''] = /^[^/]+:\/\/(?:[^@/]*@)?([^/?]*)/.exec(url) ?? [];
  const { client, db } = await untilReachable({ engine: `MongoDB at ${where}`, ...options }, async () => {
    const connected = await connect(url);
    try {
      await migrate(connected.db, collectionsOf(connected.db));
      return connected;
    } catch (error) {
      await connected.client.close();
      throw isMistake(error)
        ? new EngineError(`MongoDB at ${where} refuses: ${reasonOf(error)}.`, { cause: error })
        : error;
    }
  });
  const collections = collectionsOf(db);
  const chain = new Chain(collections);
  const heartbeat = db.collection<{ _id: number; at: number }>('heartbeat', { writeConcern: { w: 'majority' } });
  const { settle, ...streams } = streamOperations(collections, chain);
  return {
    ...streams,
    ...messageOperations(collections, chain),
    ...recordOperations(collections),
    ...documentOperations(collections),
    contents: () => contentsOf(collections),
    async check() {
      await put(heartbeat, { _id: 1 }, { $set: { at: Date.now() } });
    },
    async close() {
      await settle();
      await client.close();
    },
  };
}
