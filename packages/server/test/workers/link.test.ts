import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { ParleyError } from '@parley/protocol';
import { openLocalBroker } from '../../src/broker/local/index.ts';
import { openLocalCache } from '../../src/cache/local/index.ts';
import { Link, localUrl, parseLocalUrl } from '../../src/link.ts';
import { until } from '../until.ts';
import { lend } from './lent.ts';

const nothing = { handle: () => undefined, closed: () => undefined };

describe('a link between two processes', () => {
  let folder = '';
  let server: Server;
  let socket: Socket | undefined;
  const heard: unknown[] = [];
  const links: Link[] = [];
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'parley-link-'));
    server = createServer((accepted) => {
      socket = accepted;
      links.push(
        new Link(accepted, {
          async handle(name, args) {
            if (name === 'note') heard.push(...args);
            if (name === 'refuse') throw new ParleyError('rate-limited', { retryAfterMs: 70, field: 'text' });
            if (name === 'fail') throw new Error('out of ink');
            if (name === 'never') await new Promise(() => undefined);
            return args[0];
          },
          closed: () => undefined,
        }),
      );
    });
    server.listen(join(folder, 'hub'));
    await once(server, 'listening');
  });
  after(async () => {
    server.close();
    await rm(folder, { recursive: true });
  });
  const connect = (closed = (): void => undefined): Promise<Link> =>
    Link.connect(join(folder, 'hub'), { ...nothing, closed });

  it('brings values as they are: absent ones, bytes, dates, the largest text', async () => {
    const link = await connect();
    const values = [undefined, null, { a: [1, undefined] }, Uint8Array.of(0, 255), 'é\ud800😀', 'x'.repeat(3_000_000)];
    for (const value of values) {
      const answer = await link.request('echo', [value]);
      assert.deepEqual(answer instanceof Uint8Array ? Uint8Array.from(answer) : answer, value);
    }
    link.close();
  });

  it('keeps the order of all that is said, and answers each question by its own answer', async () => {
    const link = await connect();
    heard.length = 0;
    const numbers = Array.from({ length: 5_000 }, (_, number) => number);
    const answers = numbers.map((number) => {
      link.tell('note', [number]);
      return link.request('echo', [number]);
    });
    assert.deepEqual(await Promise.all(answers), numbers);
    assert.deepEqual(heard, numbers);
    link.close();
  });

  it('brings refusals back with their code, and failures with their message', async () => {
    const link = await connect();
    await assert.rejects(link.request('refuse', []), { code: 'rate-limited', retryAfterMs: 70, field: 'text' });
    await assert.rejects(link.request('fail', []), { message: 'out of ink' });
    link.close();
  });

  it('leaves no question unanswered when the other side dies', async () => {
    let ends = 0;
    const link = await connect(() => ends++);
    const asking = link.request('never', []);
    await link.request('echo', [1]);
    socket?.destroy();
    await assert.rejects(asking, { code: 'unavailable' });
    await assert.rejects(link.request('echo', [1]), { code: 'unavailable' });
    assert.equal(ends, 1);
  });

  it('has an address that brings any path through', () => {
    const url = localUrl('/tmp/a ? b&c=d%20/hub', { file: '/data/ü?x=1.db' });
    const { path, options } = parseLocalUrl(url);
    assert.deepEqual([path, options.get('file')], ['/tmp/a ? b&c=d%20/hub', '/data/ü?x=1.db']);
  });
});

describe('lent engines', () => {
  it('are at a socket that nobody else may open', { skip: process.platform === 'win32' }, async () => {
    const lent = await lend();
    assert.equal((await stat(lent.path)).mode & 0o777, 0o600);
    await lent.close();
  });

  it('let go of what a process had open when it is gone, and say which one it was', async () => {
    const lent = await lend({ partitions: 2 });
    const [staying, leaving] = [await openLocalBroker(localUrl(lent.path)), await openLocalBroker(localUrl(lent.path))];
    let members: readonly string[] = [];
    await staying.watchMembers((all) => {
      members = all.map(({ node }) => node);
    });
    await leaving.join({ node: 'leaving', roles: ['gateway'] });
    const got: string[] = [];
    const consumer = (name: string) => ({
      assigned: () => Promise.resolve(),
      revoked: () => Promise.resolve(),
      batch: () => {
        got.push(name);
        return Promise.resolve();
      },
    });
    await staying.consume(consumer('staying'), { maxBatch: 10 });
    await leaving.consume(consumer('leaving'), { maxBatch: 10 });
    await until('it is a member', () => members.includes('leaving'));
    const cache = await openLocalCache(localUrl(lent.path));
    // As the system does with the sockets of a process that was killed.
    await leaving.close();
    await until('it is none', () => members.length === 0);
    for (const partition of [0, 1]) await staying.publish(partition, [Uint8Array.of(1)]);
    await until('its partitions are the other’s', () => got.filter((name) => name === 'staying').length >= 2);
    assert.deepEqual(lent.lost, [process.pid]);
    await lent.close();
    assert.equal(await cache.get('anything'), undefined, 'a cache that is gone misses');
    await assert.rejects(staying.check(), { code: 'unavailable' });
  });

  it('do nothing for whoever asks for what there is not', async () => {
    const lent = await lend();
    for (const port of ['store', 'cache', 'broker']) {
      const link = await Link.connect(lent.path, nothing);
      await assert.rejects(link.request('head', ['x']), /which engine/);
      await link.request('open', [port, 1]);
      for (const name of ['close', 'contents', '__proto__', 'constructor', 'toString'].filter(
        (name) => name !== 'close' || port !== 'broker',
      ))
        await assert.rejects(link.request(name, []), /there is no/, `${name} of the ${port}`);
      link.close();
    }
    await lent.close();
  });
});
