import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { type ConversationId, newCid, ParleyError } from '@parley/protocol';
import { silentLog } from '../../src/log.ts';
import { moveStore } from '../../src/store/move/index.ts';
import type { MovableStore } from '../../src/store/port.ts';
import { openStore } from '../../src/store/registry.ts';
import { engineUrl } from '../engines.ts';
import { account } from './conformance/accounts.ts';
import { document } from './conformance/documents.ts';
import { ann, appendOf, filled, rowOf } from './conformance/make.ts';
import { entry, invite, session } from './conformance/records.ts';
import { dropCassandra, dropMongodb } from './drop.ts';

const open = (url: string): Promise<MovableStore> => openStore(url, { log: silentLog, startWithinMs: 5_000 });
const openSqlite = (folder: string, name: string) => open(`sqlite:${join(folder, `${name}.db`)}`);

/** A lively server's store: a long room with a snapshot, edits and reactions, small ones, people. */
async function furnish(store: MovableStore, documents = 20): Promise<{ long: ConversationId }> {
  const { stream: long, events } = await filled(store, 1_200, (seq) => (seq % 10 === 3 ? { thread: 2 } : {}));
  const [, second] = events;
  assert.ok(second !== undefined);
  await store.append({
    stream: long,
    expectedHead: 1_200,
    events: [{ type: 'reacted', seq: 1_201, at: 5, actor: ann, cid: newCid(), target: 2, emoji: '🦊', on: true }],
    messages: [{ ...rowOf(second), reactions: [{ emoji: '🦊', users: [ann] }] }],
    snapshot: 'folded at 1201',
  });
  await store.append(appendOf(long, 1_202, 1_230, () => ({ text: 'x'.repeat(50_000) })));
  for (let room = 0; room < 8; room++) await filled(store, 3);
  await store.createAccount(account({ serverRole: 'owner', passwordHash: 'hash' }));
  for (let person = 0; person < 10; person++) await store.createAccount(account({ displayName: `Zoë ${person}` }));
  await store.createSession(session());
  await store.createInvite(invite({ usesLeft: 4 }));
  await store.putDirectoryEntry(entry({ seq: 7 }));
  for (let key = 0; key < documents; key++) await store.putDocument(document({ owner: 'many', key: `${key}` }), 0);
  return { long };
}

/** Refuses after so many appends, of which the last was stored although it says it was not. */
function failingAfter(store: MovableStore, appends: number): MovableStore {
  let left = appends;
  return {
    ...store,
    async append(append) {
      if (left-- > 0) return store.append(append);
      await store.append(append);
      throw new Error('the power went');
    },
  };
}

const bodiesOf = async (store: MovableStore, owner: string): Promise<[string, string][]> =>
  (await store.documents('story', owner, { direction: 'forward', limit: 1_000 })).map(({ key, body }) => [key, body]);

describe('moving a store', () => {
  let folder: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'parley-move-'));
  });
  after(() => rm(folder, { recursive: true }));

  it('goes on after a failure, and after the source went on, and ends with both alike', async () => {
    const [from, to] = [await openSqlite(folder, 'from'), await openSqlite(folder, 'to')];
    const { long } = await furnish(from, 700);
    await assert.rejects(moveStore(from, failingAfter(to, 4)), /the power went/);
    const progress: string[] = [];
    const first = await moveStore(from, to, ({ phase }) => progress.push(phase));
    assert.deepEqual([...new Set(progress)], ['counting', 'records', 'streams', 'verifying']);
    assert.equal(first.events, 1_254);
    assert.ok(first.copied < first.events, 'what was there is not copied again');

    const [tenth] = await from.messagesAt(long, [10]);
    assert.ok(tenth !== undefined);
    await from.append({
      stream: long,
      expectedHead: 1_230,
      events: [{ type: 'edited', seq: 1_231, at: 6, actor: ann, cid: newCid(), target: 10, text: 'since then' }],
      messages: [{ ...tenth, text: 'since then', editedAt: 6 }],
    });
    await from.deleteDocument('story', 'many', '5');
    await from.putDocument(document({ owner: 'many', key: '6', body: '"since then"' }), 1);
    await from.putDocument(document({ owner: 'many', key: 'new' }), 0);
    const second = await moveStore(from, to);
    assert.deepEqual([first.documents, second.documents], [700, 700]);
    assert.deepEqual(await bodiesOf(to, 'many'), await bodiesOf(from, 'many'));
    assert.deepEqual([second.copied, second.events, second.messages], [1, 1_255, 1_253]);
    assert.notEqual(second.checksum, first.checksum);
    assert.deepEqual(await to.load(long), await from.load(long));
    assert.equal((await to.load(long))?.snapshot?.state, 'folded at 1201');
    await from.close();
    await to.close();
  });

  it('finds what is not alike', async () => {
    const [from, to] = [await openSqlite(folder, 'one'), await openSqlite(folder, 'another')];
    const { stream } = await filled(from, 5);
    await to.append(appendOf(stream, 1, 5));
    await assert.rejects(moveStore(from, to), /What is in c_\w+ differs between source and target/);
    await to.append(appendOf(stream, 6, 6));
    await assert.rejects(moveStore(from, to), /The target has 6 events of c_\w+, the source 5: somebody has written/);
    const name = account();
    await from.createAccount(name);
    await to.createAccount(account({ name: name.name }));
    await assert.rejects(moveStore(from, to), /another account named/);
    await from.close();
    await to.close();
  });

  it('tries an append again that had no answer, and never twice', async () => {
    const [from, to] = [await openSqlite(folder, 'steady'), await openSqlite(folder, 'shaky')];
    await furnish(from);
    let calls = 0;
    const shaky: MovableStore = {
      ...to,
      async append(append) {
        const kind = ++calls % 3;
        if (kind === 1) await to.append(append);
        if (kind !== 2) throw new ParleyError('unavailable');
        return to.append(append);
      },
    };
    const report = await moveStore(from, shaky);
    assert.equal(report.events, 1_254);
    await from.close();
    await to.close();
  });

  const [cassandra, mongodb] = [engineUrl('cassandra'), engineUrl('mongodb')];
  const skip =
    cassandra === undefined || mongodb === undefined
      ? 'needs cassandra and mongodb: npm run engines -- up cassandra mongodb'
      : false;
  it('moves from SQLite to Cassandra to MongoDB and home again, and nothing has changed', { skip }, async () => {
    const name = `move_${process.pid}`;
    const { host: cassandraHost } = new URL(cassandra ?? 'cassandra://');
    const { host: mongodbHost } = new URL(mongodb ?? 'mongodb://');
    const stores = [
      await openSqlite(folder, 'away'),
      await open(`cassandra://${cassandraHost}/${name}`),
      await open(`mongodb://${mongodbHost}/${name}`),
      await openSqlite(folder, 'home'),
    ];
    const [first, ...others] = stores;
    assert.ok(first !== undefined);
    const { long } = await furnish(first);
    const checksums = new Set<string>();
    let from = first;
    for (const to of others) {
      checksums.add((await moveStore(from, to)).checksum);
      from = to;
    }
    assert.equal(checksums.size, 1);
    assert.deepEqual(await from.load(long), await first.load(long));
    assert.deepEqual(await from.messagesAt(long, [2]), await first.messagesAt(long, [2]));
    for (const store of stores) await store.close();
    await dropCassandra(cassandraHost, name);
    await dropMongodb(mongodbHost, name);
  });
});
