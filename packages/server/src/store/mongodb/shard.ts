import { type Db, MongoServerError } from 'mongodb';
import { EngineError, reasonOf } from '../../patience.ts';
import { collectionsOf, connect } from './connection.ts';
import { migrate } from './schema.ts';

/**
 * What each large collection is spread by, hashed. Everything of a stream lies together: so a key is still unique where
 * uniqueness decides who writes next (`_id` begins with the stream), and an append or a page of history asks one shard.
 * The other collections are small (sessions, invitations) and stay on the database's primary shard.
 */
export const shardFields = {
  batch: 'stream',
  message: 'stream',
  command: 'stream',
  directory: 'conversation',
  change: 'list',
  stream: '_id',
  snapshot: '_id',
  snapshot_part: '_id',
  account: '_id',
  name: '_id',
} as const;

const unauthorized = 13;
const alreadyInitialized = 23;

/**
 * Spreads the large collections of a database over the shards of its cluster. Doing it again changes nothing.
 * @param url as for the store: of a `mongos`
 * @returns the collections that are spread, with the field each is spread by
 * @throws EngineError when the server is no sharded cluster (nothing is changed then), for missing rights, or for a collection
 * that is spread by something else
 */
export async function shardMongodb(url: string): Promise<typeof shardFields> {
  const { client, db } = await connect(url).catch((error: unknown) => {
    throw error instanceof EngineError
      ? error
      : new EngineError(`MongoDB cannot be reached: ${reasonOf(error)}.`, { cause: error });
  });
  try {
    await assertSharded(db);
    await migrate(db, collectionsOf(db));
    for (const [collection, field] of Object.entries(shardFields)) {
      // A collection that holds something is only spread by an index that is there.
      await db.collection(collection).createIndex({ [field]: 'hashed' });
      await db.admin().command({ shardCollection: `${db.databaseName}.${collection}`, key: { [field]: 'hashed' } });
    }
    return shardFields;
  } catch (error) {
    throw readable(error);
  } finally {
    await client.close();
  }
}

/** A `mongos` says what it is; a server alone or in a replica set says nothing of the kind. */
async function assertSharded(db: Db): Promise<void> {
  const { msg } = await db.admin().command({ hello: 1 });
  if (msg === 'isdbgrid') return;
  throw new EngineError(
    'This server is no sharded cluster, so there is nothing to spread: nothing was changed. Give the address of a mongos; a replica set alone needs no sharding.',
  );
}

function readable(error: unknown): unknown {
  if (!(error instanceof MongoServerError)) return error;
  if (error.code === unauthorized)
    return new EngineError(
      `This user may not shard: ${error.message}. Grant it clusterManager on admin for this command.`,
      { cause: error },
    );
  if (error.code === alreadyInitialized)
    return new EngineError(`A collection is spread by something else already: ${error.message}.`, { cause: error });
  return new EngineError(`MongoDB refuses: ${error.message}.`, { cause: error });
}
