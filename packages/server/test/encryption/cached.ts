import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { createClient } from 'redis';

/** A cache, opened by a client that is none of ours, to see all that it holds. */
export interface OpenedCache extends AsyncDisposable {
  put(key: string, value: string): Promise<void>;
  /** Every key and value, those of others too. */
  everything(): Promise<string>;
}

/** @throws Error for engines that are no caches */
export function openCacheOf(engine: string, url: string): Promise<OpenedCache> {
  if (engine === 'redis') return openRedis(url);
  if (engine === 'memcached') return openMemcached(url);
  throw new Error(`${engine} is no cache.`);
}

/** How each type of Redis is read. DUMP would compress. */
const reading: Readonly<Record<string, (key: string) => string[]>> = {
  string: (key) => ['GET', key],
  hash: (key) => ['HGETALL', key],
  set: (key) => ['SMEMBERS', key],
  zset: (key) => ['ZRANGE', key, '0', '-1'],
  list: (key) => ['LRANGE', key, '0', '-1'],
  stream: (key) => ['XRANGE', key, '-', '+'],
  // Gone since it was listed.
  none: (key) => ['EXISTS', key],
};

async function openRedis(url: string): Promise<OpenedCache> {
  const client = createClient({ url });
  await client.connect();
  return {
    async put(key, value) {
      await client.set(key, value, { expiration: { type: 'EX', value: 60 } });
    },
    async everything() {
      const found: unknown[] = [];
      for await (const keys of client.scanIterator({ COUNT: 1_000 }))
        for (const key of keys) {
          const type = await client.type(key);
          const read = reading[type];
          if (read === undefined) throw new Error(`This test cannot read ${type} of Redis.`);
          found.push(key, await client.sendCommand(read(key)));
        }
      return JSON.stringify(found);
    },
    async [Symbol.asyncDispose]() {
      await client.close();
    },
  };
}

async function openMemcached(url: string): Promise<OpenedCache> {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  await once(socket, 'connect');
  return {
    async put(key, value) {
      await ask(socket, `set ${key} 0 60 ${Buffer.byteLength(value)}\r\n${value}\r\n`, 'STORED\r\n');
    },
    async everything() {
      const listed = await ask(socket, 'lru_crawler metadump all\r\n', 'END\r\n');
      const keys = [...listed.matchAll(/^key=(\S+)/gm)].map(([, key = '']) => decodeURIComponent(key));
      let found = keys.join('\n');
      for (const key of keys) found += await ask(socket, `get ${key}\r\n`, 'END\r\n');
      return found;
    },
    async [Symbol.asyncDispose]() {
      socket.destroy();
    },
  };
}

/** What is answered, to its end. */
function ask(socket: Socket, said: string, end: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let answer = '';
    const take = (chunk: Buffer): void => {
      answer += chunk.toString('latin1');
      if (!answer.endsWith(end)) return;
      socket.off('data', take);
      socket.off('error', reject);
      resolve(answer);
    };
    socket.on('data', take);
    socket.on('error', reject);
    socket.write(said);
  });
}
