import assert from 'node:assert/strict';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { Client } from 'cassandra-driver';
import { MongoClient } from 'mongodb';
import type { Place } from '../../../../scripts/engines/engine.ts';
import { startEngine, stopEngine } from '../../../../scripts/engines/lifecycle.ts';
import { mongodb } from '../../../../scripts/engines/mongodb.ts';
import { CuttingProxy } from '../../../cli/src/verify/cluster/proxy.ts';
import { silentLog } from '../../src/log.ts';
import { openStore } from '../../src/store/registry.ts';
import { type EngineCertificates, makeEngineCertificates, tlsPlace } from '../engine-certificates.ts';
import { engineForTest } from '../engines.ts';
import { until } from '../until.ts';
import { appendOf, filled, freshStream } from './conformance/make.ts';
import { dropCassandra, dropMongodb } from './drop.ts';

const open = (url: string) => openStore(url, { log: silentLog, startWithinMs: 300 });
/** Making everything takes a while. */
const patient = { log: silentLog, startWithinMs: 30_000 };

describe('opening a store', () => {
  it('names an engine that cannot be reached, where it was looked for, and for how long', async () => {
    await assert.rejects(
      open('cassandra://ann:secret@127.0.0.1:1/parley'),
      /^EngineError: Cassandra at 127\.0\.0\.1:1 cannot be reached: .*ECONNREFUSED[^\n]* Tried \d times in 0 s/,
    );
    await assert.rejects(
      open('mongodb://127.0.0.1:1/parley?serverSelectionTimeoutMS=200'),
      /^EngineError: MongoDB at 127\.0\.0\.1:1 cannot be reached: .*ECONNREFUSED/,
    );
  });

  it('says what is wrong with an address, and never a password', async () => {
    const wrong: [string, RegExp][] = [
      ['cassandra://:secret@host', /no name of a keyspace/],
      ['cassandra://:secret@host/parley?consistency=ONE', /consistency=ONE is not known here. It takes LOCAL_QUORUM/],
      [
        'cassandra://:secret@host/parley?replicas=3',
        /option “replicas” that is not known here. Known: datacenter, replication/,
      ],
      ['mongodb://:secret@host', /no name of a database/],
      ['mongodb://host/parley?ssll=true', /option ssll is not supported/i],
      ['postgres://:secret@host', /There is no store for postgres:. Known: sqlite:, cassandra:, mongodb:/],
    ];
    for (const [url, message] of wrong) {
      await assert.rejects(open(url), (error: Error) => {
        assert.match(error.message, message);
        assert.ok(!error.message.includes('secret'));
        return true;
      });
    }
  });
});

const cassandra = engineForTest('cassandra');
describe('opening a store on Cassandra', { skip: cassandra.skip }, () => {
  const { host } = new URL(cassandra.skip === false ? cassandra.url : 'cassandra://127.0.0.1:9042');
  const keyspace = `starting_${process.pid}`;
  after(() => dropCassandra(host, keyspace));

  it('refuses what does not fit at once: a data centre, a replication, a newer schema', async () => {
    const url = `cassandra://${host}/${keyspace}`;
    await assert.rejects(open(`${url}?datacenter=mars`), /no data centre mars: it has datacenter1/);
    await assert.rejects(
      open(`${url}?replication=3`),
      /replication=3 needs as many Cassandra nodes in datacenter1; there is 1/,
    );
    await (await open(url)).close();
    await (await open(`${url}?replication=1`)).close();
    const client = new Client({ contactPoints: [host], localDataCenter: 'datacenter1', keyspace });
    await client.execute('UPDATE schema_version SET version = 99 WHERE id = 1 IF version > 0');
    await client.shutdown();
    await assert.rejects(open(url), /written by a newer version of Parley \(schema 99; this one knows \d+\)/);
  });

  it('is made once by nodes that start together', async () => {
    const name = `${keyspace}_b`;
    const nodes = await Promise.all([1, 2, 3, 4].map(() => openStore(`cassandra://${host}/${name}`, patient)));
    const [first] = nodes;
    assert.ok(first !== undefined);
    const { stream } = await filled(first, 3);
    for (const node of nodes) assert.equal(await node.head(stream), 3);
    for (const node of nodes) await node.close();
    await dropCassandra(host, name);
  });

  it('outlives its engine’s absence: refuses meanwhile, goes on by itself', async () => {
    const { hostname, port } = new URL(cassandra.url);
    const proxy = new CuttingProxy(() => [{ host: hostname, port: Number(port) }]);
    const name = `${keyspace}_c`;
    const store = await open(`cassandra://127.0.0.1:${await proxy.listen()}/${name}`);
    const { stream } = await filled(store, 3);
    proxy.setMode({ type: 'cut' });
    await assert.rejects(store.append(appendOf(stream, 4, 4)), { code: 'unavailable' });
    await assert.rejects(store.check(), { code: 'unavailable' });
    proxy.setMode({ type: 'open' });
    await until('it answers', () =>
      store.check().then(
        () => true,
        () => false,
      ),
    );
    assert.equal((await store.load(stream))?.head, 3);
    assert.deepEqual(await store.append(appendOf(stream, 4, 4)), { ok: true });
    await store.close();
    await proxy.close();
    await dropCassandra(host, name);
  });
});

const mongo = engineForTest('mongodb');
describe('opening a store on MongoDB', { skip: mongo.skip }, () => {
  const port = 17_199;
  const tlsPort = 17_198;
  let place: Place;
  let certificates: EngineCertificates;
  before(async () => {
    const folder = await mkdtemp(join(tmpdir(), 'parley-mongodb-'));
    certificates = makeEngineCertificates(folder);
    place = { folder, port, tls: tlsPlace(certificates, tlsPort) };
    await startEngine(mongodb, place);
  });
  after(() => stopEngine(place, { signal: 'SIGKILL', erase: true }));

  it('speaks TLS by the driver’s own options, with a certificate where the server wants one', async () => {
    const { ca, clientBoth, stranger } = certificates;
    const address = (authority: string) =>
      `mongodb://127.0.0.1:${tlsPort}/parley?tls=true&tlsCAFile=${encodeURIComponent(authority)}`;
    const own = `&tlsCertificateKeyFile=${encodeURIComponent(clientBoth)}`;
    const store = await open(address(ca) + own);
    const { stream, events } = await filled(store, 3);
    assert.deepEqual((await store.load(stream))?.events, events);
    await store.close();
    const soon = '&serverSelectionTimeoutMS=500';
    await assert.rejects(
      open(address(stranger) + own + soon),
      /^EngineError: MongoDB .*has a certificate that cannot be verified .*\?tlsCAFile=FILE/,
    );
    await assert.rejects(open(address(ca) + soon), /^EngineError: .*cannot be reached/);
  });

  it('refuses a newer schema at once', async () => {
    const { host } = new URL(mongo.url);
    const name = `starting_${process.pid}`;
    await (await open(`mongodb://${host}/${name}`)).close();
    const client = new MongoClient(`mongodb://${host}`);
    await client.db(name).collection<{ _id: number }>('schema').insertOne({ _id: 99 });
    await client.close();
    await assert.rejects(
      open(`mongodb://${host}/${name}`),
      /written by a newer version of Parley \(schema 99; this one knows \d+\)/,
    );
    await dropMongodb(host, name);
  });

  it('outlives its engine’s being killed and started again, and has lost nothing that it acknowledged', async () => {
    const store = await open(`mongodb://127.0.0.1:${port}/parley?serverSelectionTimeoutMS=500`);
    const { stream, events } = await filled(store, 30);
    const unborn = freshStream();
    await stopEngine(place, { signal: 'SIGKILL' });
    await assert.rejects(store.append(appendOf(stream, 31, 31)), { code: 'unavailable' });
    await assert.rejects(store.append(appendOf(unborn, 1, 1)), { code: 'unavailable' });
    await assert.rejects(store.head(stream), { code: 'unavailable' });
    await startEngine(mongodb, place);
    await until('it answers', () =>
      store.check().then(
        () => true,
        () => false,
      ),
    );
    assert.deepEqual((await store.load(stream))?.events, events);
    assert.equal(await store.head(unborn), 0);
    assert.deepEqual(await store.append(appendOf(stream, 31, 31)), { ok: true });
    await store.close();
  });
});
