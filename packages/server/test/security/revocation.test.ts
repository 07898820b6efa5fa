import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { isUserId } from '@parley/protocol';
import { openStore } from '../../src/index.ts';
import { silentLog } from '../../src/log.ts';
import type { Store } from '../../src/store/port.ts';
import { engineForTest } from '../engines.ts';
import { Stand } from '../node/stand.ts';
import { dropMongodb } from '../store/drop.ts';
import { until } from '../until.ts';

const { url, skip } = engineForTest('mongodb');

describe('a session that was ended elsewhere, without a word to this node', { skip }, () => {
  const database = `test_revocation_${process.pid}`;
  const host = skip === false ? new URL(url).host : '';
  let stand: Stand;
  /** What another node would do, whose messages are all lost. */
  let elsewhere: Store;
  before(async () => {
    const address = `mongodb://${host}/${database}`;
    stand = await Stand.open(['--store', address]);
    elsewhere = await openStore(address, { log: silentLog });
  });
  after(async () => {
    await elsewhere.close();
    await stand[Symbol.asyncDispose]();
    await dropMongodb(host, database);
  });

  it('has its sockets closed and its token refused; other sessions of the same person go on', async () => {
    const ann = await stand.signUp('ann');
    const { body } = await stand.ask('POST', '/sessions', { body: { name: 'ann', password: 'a fine pass phrase' } });
    const laptop = { ...ann, token: String(body['token']) };
    const [phone, other] = [await stand.live(ann), await stand.live(laptop)];
    const { session } = await phone.next('welcome');
    assert.equal((await stand.ask('GET', '/me', ann)).status, 200);
    assert.ok(isUserId(ann.id));
    assert.equal(await elsewhere.deleteSession(ann.id, session, Date.now()), true);
    assert.equal(await phone.closed(), 1008);
    await until('REST refuses it', async () => (await stand.ask('GET', '/me', ann)).status === 401);
    other.send({ t: 'ping', id: 1 });
    await other.next('pong');
    assert.equal((await stand.ask('GET', '/me', laptop)).status, 200);
  });

  it('ends with a change of the password, but for the one that changed it', async () => {
    await using stand = await Stand.open();
    const ann = await stand.signUp('ann');
    const next = 'another fine pass phrase';
    const other = await stand.ask('POST', '/sessions', { body: { name: 'ann', password: 'a fine pass phrase' } });
    const socket = await stand.live({ ...ann, token: String(other.body['token']) });
    const body = { current: 'a fine pass phrase', next };
    assert.equal((await stand.ask('POST', '/password', { token: ann.token, body })).status, 204);
    await socket.closed();
    assert.equal(
      (await stand.ask('GET', '/me', { token: String(other.body['token']) })).error?.code,
      'unauthenticated',
    );
    assert.equal((await stand.ask('GET', '/me', ann)).status, 200);
    assert.equal((await stand.ask('POST', '/sessions', { body: { name: 'ann', password: next } })).status, 201);
  });
});
