import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { promisify } from 'node:util';
import { newCid, newConversationId } from '@parley/protocol';
import { loadConfig, startWorkers } from '../../src/index.ts';
import { ServeProcess } from '../node/process.ts';
import { RawClient } from '../node/raw-client.ts';
import { range } from '../store/conformance/make.ts';
import { until } from '../until.ts';

const flags = ['--port', '0', '--host', '127.0.0.1', '--registration', 'open', '--log-level', 'error'];

/** The processes that a process has started. */
async function childrenOf(pid: number): Promise<readonly number[]> {
  const { stdout } = await promisify(execFile)('ps', ['-e', '-o', 'pid=,ppid=']);
  const pairs = stdout.split('\n').map((line) => line.trim().split(/\s+/).map(Number));
  return pairs.flatMap(([child, parent]) => (parent === pid && child !== undefined ? [child] : []));
}

const isAlive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

describe('parley serve --workers 2', { skip: process.platform === 'win32' }, () => {
  let folder = '';
  let server: ServeProcess;
  let url = '';
  let ann: { readonly token: string; readonly id: string };
  const clients: RawClient[] = [];
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'parley-workers-'));
    server = new ServeProcess([...flags, '--workers', '2', '--data', folder]);
    url = await server.ready();
    const { body } = await ask('POST', '/accounts', { name: 'ann', password: 'a fine pass phrase' });
    ann = { token: String(body['token']), id: (body['user'] as { id: string }).id };
  });
  after(async () => {
    for (const client of clients) client.close();
    await server[Symbol.asyncDispose]();
    await rm(folder, { recursive: true });
  });

  const ask = async (method: string, path: string, body?: object) => {
    const response = await fetch(`${url}/api/v1${path}`, {
      method,
      headers: {
        'content-type': 'application/json',
        'idempotency-key': newCid(),
        ...(ann === undefined ? {} : { authorization: `Bearer ${ann.token}` }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return { status: response.status, body: (await response.json()) as Record<string, unknown> };
  };
  const live = async (): Promise<RawClient> => {
    const client = await new RawClient(url).opened();
    clients.push(client);
    client.send({ t: 'hello', token: ann.token });
    await client.next('welcome');
    return client;
  };
  const group = async (): Promise<string> => {
    const stream = newConversationId();
    const command = { type: 'create', kind: 'group', name: 'tea', members: [] };
    assert.equal((await ask('POST', '/commands', { stream, command })).status, 200);
    return stream;
  };
  const socketsByProcess = async (): Promise<Record<string, number>> => {
    const metrics = await (await fetch(`${url}/metrics`)).text();
    const found = metrics.matchAll(/^parley_sockets\{process="(\w+)"\} (\d+)$/gm);
    return Object.fromEntries(Array.from(found, ([, name, count]) => [name, Number(count)]));
  };

  it('spreads clients over two processes beside the one that stores, and tells of all of them at any of them', async () => {
    for (let count = 0; count < 8; count++) await live();
    const sockets = await socketsByProcess();
    assert.deepEqual(Object.keys(sockets).toSorted(), ['1', '2', 'owner']);
    assert.equal(sockets['owner'], 0);
    assert.ok((sockets['1'] ?? 0) >= 2 && (sockets['2'] ?? 0) >= 2, JSON.stringify(sockets));
  });

  it('is one server: what one client says, all hear, in one order, and who is here is here for everybody', async () => {
    const stream = await group();
    for (const client of clients) {
      client.send({ t: 'watch', id: 1, streams: [{ stream, level: 'full', after: 0 }] });
      await client.next('watched', ({ streams }) => streams[0]?.stream === stream);
    }
    await Promise.all(
      clients.map(async (client) => {
        const cid = newCid();
        client.send({ t: 'send', stream, cid, command: { type: 'post', text: cid } });
        await client.next('ack', (ack) => ack.cid === cid);
      }),
    );
    const seqsOf = (client: RawClient): number[] =>
      client.frames
        .flatMap((frame) => (frame.t === 'events' && frame.stream === stream ? frame.events : []))
        .map(({ seq }) => seq);
    const all = range(1, clients.length + 1);
    for (const client of clients) {
      await until(
        'it heard all',
        () => seqsOf(client).length >= all.length,
        () => seqsOf(client),
      );
      assert.deepEqual(seqsOf(client), all);
    }
    for (let count = 0; count < 4; count++) {
      const { body } = await ask('GET', `/presence?ids=${ann.id}`);
      assert.equal((body['presence'] as { state: string }[])[0]?.state, 'online');
    }
  });

  it('replaces a process that is killed, and has everything that was acknowledged by it', async () => {
    const stream = await group();
    const before = await childrenOf(server.pid);
    assert.equal(before.length, 2);
    const acknowledged = new Set<string>();
    const over = new AbortController();
    const talking = Array.from({ length: 4 }, async () => {
      let client = await live();
      while (!over.signal.aborted) {
        const cid = newCid();
        client.send({ t: 'send', stream, cid, command: { type: 'post', text: cid } });
        try {
          await client.next('ack', (ack) => ack.cid === cid);
          acknowledged.add(cid);
        } catch {
          // Its process was killed: what was under way is of unknown outcome.
          client = await live();
        }
      }
    });
    await until('they talk', () => acknowledged.size > 40);
    const [victim] = before;
    assert.ok(victim !== undefined);
    process.kill(victim, 'SIGKILL');
    const killedAt = acknowledged.size;
    await until('there are two again', async () => {
      const now = await childrenOf(server.pid);
      return now.length === 2 && !now.includes(victim);
    });
    await until('they go on', () => acknowledged.size > killedAt + 40);
    await until('the new one serves', async () => Object.keys(await socketsByProcess()).length === 3);
    over.abort();
    await Promise.all(talking);
    const stored: string[] = [];
    for (let from = 0; ; ) {
      const { body } = await ask('GET', `/conversations/${stream}/messages?after=${from}&limit=100`);
      const page = body['messages'] as { text: string; seq: number }[];
      stored.push(...page.map(({ text }) => text));
      if (page.length === 0) break;
      from = Math.max(...page.map(({ seq }) => seq));
    }
    assert.equal(new Set(stored).size, stored.length, 'nothing twice');
    assert.deepEqual(
      [...acknowledged].filter((cid) => !stored.includes(cid)),
      [],
    );
  });

  it('drains all of them when it is told to stop, and leaves nobody behind', async () => {
    const children = await childrenOf(server.pid);
    const client = await live();
    server.signal('SIGTERM');
    await client.next('bye');
    assert.equal(await server.ended(90_000), 0, server.stderr);
    for (const child of children) assert.equal(isAlive(child), false);
  });

  it('finds everything again when it starts anew; when its first process is killed, the others end and say why', async () => {
    server = new ServeProcess([...flags, '--workers', '2', '--data', folder]);
    url = await server.ready();
    assert.equal((await ask('GET', '/me')).status, 200);
    const children = await childrenOf(server.pid);
    server.signal('SIGKILL');
    await until('all have ended', () => children.every((child) => !isAlive(child)));
    assert.match(server.stderr, /first process of this server ended/);
  });

  it('says in one line why it cannot begin', async () => {
    const taken = createServer();
    taken.listen(0, '127.0.0.1');
    await once(taken, 'listening');
    const address = taken.address();
    assert.ok(typeof address === 'object' && address !== null);
    await using unable = new ServeProcess([
      ...flags,
      '--workers',
      '2',
      '--data',
      folder,
      '--port',
      String(address.port),
    ]);
    assert.equal(await unable.ended(90_000), 1);
    assert.match(unable.stderr, /^parley: Port \d+ is taken\..+\n$/);
    assert.equal(unable.stdout, '');
    taken.close();
  });

  it('shares embedded engines only: who has others starts as many servers as they want', async () => {
    for (const wrong of [
      ['--broker', 'kafka://127.0.0.1:1'],
      ['--roles', 'http'],
    ]) {
      const config = loadConfig([...flags, '--workers', '2', '--data', folder, ...wrong], {}, () => '{}');
      await assert.rejects(startWorkers(config), {
        name: 'ConfigError',
        message: /--workers shares the embedded engines/,
      });
    }
  });
});
