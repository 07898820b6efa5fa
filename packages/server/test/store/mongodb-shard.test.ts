import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { MongoClient } from 'mongodb';
import { silentLog } from '../../src/log.ts';
import { openMongodbStore } from '../../src/store/mongodb/index.ts';
import { shardFields } from '../../src/store/mongodb/shard.ts';
import type { Store } from '../../src/store/port.ts';
import { engineForTest } from '../engines.ts';
import { filled } from './conformance/make.ts';
import { dropMongodb } from './drop.ts';

const { url, skip } = engineForTest('mongodb');

/** A server with shards refuses an index that is unique and does not begin with what the collection is spread by, and keeps `_id` unique within a shard only. */
describe('what MongoDB is sharded by', { skip }, () => {
  const { host } = new URL(skip === false ? url : 'mongodb://127.0.0.1');
  const database = `shard_${process.pid}`;
  let store: Store;
  let client: MongoClient;
  before(async () => {
    store = await openMongodbStore(`mongodb://${host}/${database}`, { log: silentLog });
    client = await new MongoClient(`mongodb://${host}`).connect();
  });
  after(async () => {
    await client.close();
    await dropMongodb(host, database);
  });

  it('is what every unique index begins with', async () => {
    for (const [collection, field] of Object.entries(shardFields)) {
      const indexes = await client
        .db(database)
        .collection(collection)
        .indexes()
        // One that nobody has written to.
        .catch(() => []);
      for (const { name, key, unique } of indexes)
        if (unique === true && name !== '_id_') assert.equal(Object.keys(key)[0], field, `${collection}: ${name}`);
    }
  });

  it('is the same for all that might share an _id', async () => {
    const { stream } = await filled(store, 20);
    // Rows and commands follow their batch; a store that closes waits for them.
    await store.close();
    for (const collection of ['batch', 'message', 'command'] as const) {
      const documents = await client
        .db(database)
        .collection<{ _id: string; stream: string }>(collection)
        .find()
        .toArray();
      assert.ok(documents.length > 0, collection);
      for (const { _id: id, ...document } of documents) {
        assert.equal(document.stream, stream);
        assert.ok(id.startsWith(`${document[shardFields[collection]]}/`), `${collection}: ${id}`);
      }
    }
  });
});
