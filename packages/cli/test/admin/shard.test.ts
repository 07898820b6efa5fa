import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { engineForTest } from '../../../server/test/engines.ts';
import { parley } from '../support/processes.ts';

const mongo = engineForTest('mongodb');

describe('parley admin shard', () => {
  it('says what it takes', async () => {
    for (const args of [['admin'], ['admin', 'shard'], ['admin', 'split', '--store', 'mongodb://127.0.0.1/x']]) {
      const { code, err } = await parley(args);
      assert.equal(code, 1);
      assert.match(err, /^parley: admin takes: shard, .*parley admin --help/);
    }
  });

  it('has nothing to do for a store that is not MongoDB, and says so', async () => {
    const cassandra = await parley(['admin', 'shard', '--store', 'cassandra://127.0.0.1/parley']);
    assert.deepEqual([cassandra.code, cassandra.out], [1, '']);
    assert.match(cassandra.err, /Cassandra spreads by itself/);
    const sqlite = await parley(['admin', 'shard', '--store', 'sqlite:x.db']);
    assert.match(sqlite.err, /Only a store on MongoDB is sharded by command, not sqlite:/);
  });

  it('names a server that cannot be reached', async () => {
    const { code, err } = await parley(['admin', 'shard', '--store', 'mongodb://127.0.0.1:1/parley']);
    assert.equal(code, 1);
    assert.match(err, /MongoDB cannot be reached: .*ECONNREFUSED/);
  });

  it('tells a server without shards apart, and changes nothing there', { skip: mongo.skip }, async () => {
    const { host } = new URL(mongo.url);
    const { code, out, err } = await parley([
      'admin',
      'shard',
      '--store',
      `mongodb://${host}/unsharded_${process.pid}`,
    ]);
    assert.deepEqual([code, out], [1, '']);
    assert.match(err, /no sharded cluster.*nothing was changed.*mongos/);
  });
});
