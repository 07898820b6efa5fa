import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type Collections, collectionsOf, connect } from '../../src/store/mongodb/connection.ts';
import { Inserts } from '../../src/store/mongodb/inserts.ts';
import { engineForTest } from '../engines.ts';
import { dropMongodb } from './drop.ts';

const { url, skip } = engineForTest('mongodb');

describe('documents added to MongoDB together', { skip }, () => {
  const database = `inserts_${process.pid}`;
  const { host } = new URL(skip === false ? url : 'mongodb://127.0.0.1:27017');
  let commands: Collections['command'];
  let end: () => Promise<void>;
  before(async () => {
    const { client, db } = await connect(`mongodb://${host}/${database}`);
    commands = collectionsOf(db).command;
    end = () => client.close();
  });
  after(async () => {
    await end();
    await dropMongodb(host, database);
  });
  const documentsFor = (stream: string, count: number) =>
    Array.from({ length: count }, (_, seq) => ({ _id: `${stream}/${seq}`, stream, seq }));

  it('are each told whether their own key was free, whoever they travel with', async () => {
    const [one, other] = [new Inserts(commands, () => 1), new Inserts(commands, () => 1)];
    const documents = documentsFor('race', 200);
    const [told, toldOther] = await Promise.all(
      [one, other].map((inserts) => Promise.all(documents.map((document) => inserts.add(document)))),
    );
    for (const [seq, isNew] of told?.entries() ?? [])
      assert.notEqual(isNew, toldOther?.[seq], `document ${seq} was added by exactly one of two`);
    assert.equal(await commands.countDocuments({ stream: 'race' }), 200);
  });

  it('are one among equals, when one key is added twice at once', async () => {
    const inserts = new Inserts(commands, () => 1);
    const document = { _id: 'twice/1', stream: 'twice', seq: 1 };
    const told = await Promise.all([inserts.add(document), inserts.add(document), inserts.add(document)]);
    assert.equal(told.filter(Boolean).length, 1);
  });

  it('are all added, also where they weigh more than one command may', async () => {
    const inserts = new Inserts(commands, () => 3_000_000);
    await inserts.addMissing(documentsFor('heavy', 20));
    assert.equal(await commands.countDocuments({ stream: 'heavy' }), 20);
  });

  it('are refused, not taken for known, when the server is gone', async () => {
    const { client, db } = await connect(`mongodb://${host}/${database}`);
    const inserts = new Inserts(collectionsOf(db).command, () => 1);
    await client.close(true);
    const outcomes = await Promise.allSettled(documentsFor('gone', 3).map((document) => inserts.add(document)));
    assert.deepEqual(
      outcomes.map(({ status }) => status),
      ['rejected', 'rejected', 'rejected'],
    );
  });
});
