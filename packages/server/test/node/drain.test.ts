import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { newCid, newConversationId } from '@parley/protocol';
import { openSqliteStore } from '../../src/store/sqlite/index.ts';
import { ServeProcess } from './process.ts';
import { RawClient } from './raw-client.ts';

describe('parley serve, told to stop by SIGTERM', () => {
  it('acknowledges what it took, says goodbye to everybody, and exits with 0 within 10 seconds', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'parley-drain-'));
    await using serving = new ServeProcess(['--port', '0', '--host', '127.0.0.1', '--data', folder]);
    const url = (await serving.ready()).replace('localhost', '127.0.0.1');
    const signUp = await fetch(`${url}/api/v1/accounts`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ name: 'ann', password: 'a fine pass phrase' }),
    });
    const { token } = (await signUp.json()) as { token: string };
    const clients = await Promise.all(Array.from({ length: 20 }, () => new RawClient(url).opened()));
    for (const client of clients) client.send({ t: 'hello', token });
    await Promise.all(clients.map((client) => client.next('welcome')));
    const stream = newConversationId();
    const [busy] = clients;
    assert.ok(busy !== undefined);
    const made = newCid();
    const create = { type: 'create', kind: 'group', name: 'tea', members: [] };
    busy.send({ t: 'send', stream, cid: made, command: create });
    await busy.next('ack', ({ cid }) => cid === made);

    const sent = Array.from({ length: 300 }, () => newCid());
    for (const cid of sent) busy.send({ t: 'send', stream, cid, command: { type: 'post', text: cid } });
    await busy.next('ack', ({ cid }) => cid === sent[0]);
    serving.signal('SIGTERM');
    assert.equal(await serving.ended(10_000), 0, serving.stderr);
    for (const client of clients) {
      assert.equal(await client.closed(), 1012);
      const bye = client.frames.at(-1);
      assert.ok(bye?.t === 'bye' && bye.retryAfterMs > 0, JSON.stringify(bye));
    }

    const acknowledged = busy.frames.flatMap((frame) => (frame.t === 'ack' && frame.cid !== made ? [frame.cid] : []));
    const store = await openSqliteStore({ path: join(folder, 'parley.db') });
    const stored = await store.messages({ stream, limit: 1_000, direction: 'forward' });
    await store.close();
    assert.deepEqual(
      stored.map(({ cid }) => cid),
      acknowledged,
    );
    assert.ok(stored.length > 0);
    await rm(folder, { recursive: true });
  });

  it('exits at once when nobody is there', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'parley-drain-'));
    await using serving = new ServeProcess(['--port', '0', '--host', '127.0.0.1', '--data', folder]);
    await serving.ready();
    serving.signal('SIGINT');
    assert.equal(await serving.ended(10_000), 0, serving.stderr);
    await rm(folder, { recursive: true });
  });
});
