import type { Clock } from '../../clock.ts';
import { certificateFault, readTls, tlsOptions } from '../../engine-tls.ts';
import { numberOption, parseEngineUrl } from '../../engine-url.ts';
import type { Log } from '../../log.ts';
import { EngineError, reasonOf } from '../../patience.ts';
import { type Breaker, type CacheCounters, createBreaker } from '../breaker.ts';
import type { Cache } from '../port.ts';
import { Connection } from './connection.ts';
import { safeKey, serverOf } from './keys.ts';

export interface MemcachedCacheOptions {
  readonly clock: Clock;
  readonly log: Log;
  readonly counters: CacheCounters;
}

/** Memcached's own bound on an entry is 1 MiB, key and head included. */
const maxValueBytes = 1_000_000;
/** Beyond 30 days Memcached takes a number of seconds for a date. */
const longestRelativeSeconds = 2_592_000;
/** Keys asked for in one command; a line has to fit into the server's input buffer. */
const maxKeysInCommand = 100;

interface Server {
  readonly server: string;
  readonly connection: Connection;
  readonly guarded: Breaker;
}

/**
 * A cache in Memcached, spread over servers by the hash of the key. Each server has a breaker of its own: one that is
 * down costs the speed of its own keys.
 * @param url `memcached[s]://host[:port][,host…][?timeout=50]`; the timeout in milliseconds. TLS with `memcacheds`, and then `ca`,
 * `cert` and `key`, files in PEM form
 * @throws EngineError for a URL that cannot be understood, or a server's certificate that does not hold. Servers that cannot be
 * reached are no error
 */
export async function openMemcachedCache(url: string, { clock, log, counters }: MemcachedCacheOptions): Promise<Cache> {
  const { scheme, servers, user, path, options } = parseEngineUrl(url, 11211, ['timeout', ...tlsOptions]);
  if (user !== undefined || path !== '')
    throw new EngineError(
      'Parley talks to Memcached without name, password and path: memcached://host:port,host:port.',
    );
  const timeoutMs = numberOption(options, 'timeout', 50, 5, 1_000);
  const isSecure = scheme === 'memcacheds';
  const tls = readTls(options, isSecure, 'memcacheds: instead of memcached:');
  const ring: readonly Server[] = servers.map((address) => {
    const connection = new Connection(address, isSecure ? tls : undefined);
    return { server: connection.server, connection, guarded: createBreaker({ clock, counters, timeoutMs }) };
  });
  for (const { server, connection } of ring) {
    await connection.command('version').catch(async (error: unknown) => {
      const fault = certificateFault(error);
      if (fault !== undefined) {
        await Promise.all(ring.map((one) => one.connection.close()));
        throw new EngineError(`Memcached at ${server} ${fault}`, { cause: error });
      }
      log.warn(
        { engine: `Memcached at ${server}`, reason: reasonOf(error) },
        'the cache is down; Parley goes on without it',
      );
    });
  }

  const getFrom = ({ connection, guarded }: Server, keys: readonly string[]) =>
    guarded(async () => {
      const found = await connection.get(keys);
      counters.hits += found.size;
      counters.misses += keys.length - found.size;
      return found;
    }, new Map<string, string>());
  const tell = (key: string, line: (safe: string) => string): Promise<unknown> => {
    const safe = safeKey(key);
    const { connection, guarded } = serverOf(safe, ring);
    return guarded(() => connection.command(line(safe)), undefined);
  };

  return {
    async get(key) {
      const safe = safeKey(key);
      return decode((await getFrom(serverOf(safe, ring), [safe])).get(safe));
    },
    async getMany(keys) {
      const safe = keys.map(safeKey);
      const found = await Promise.all(
        Array.from(byServer(new Set(safe), ring), ([server, own]) => getFrom(server, own)),
      );
      return safe.map((key) => decode(found.find((some) => some.has(key))?.get(key)));
    },
    async set(key, value, ttlMs) {
      const text = encode(value);
      const bytes = Buffer.byteLength(text);
      // An entry that is too large must not leave an older one behind.
      if (bytes > maxValueBytes) await tell(key, (safe) => `delete ${safe}`);
      else await tell(key, (safe) => `set ${safe} 0 ${seconds(ttlMs, clock)} ${bytes}\r\n${text}`);
    },
    async delete(key) {
      await tell(key, (safe) => `delete ${safe}`);
    },
    touch: async (key, ttlMs) => (await tell(key, (safe) => `touch ${safe} ${seconds(ttlMs, clock)}`)) === 'TOUCHED',
    async close() {
      await Promise.all(ring.map(({ connection }) => connection.close()));
    },
  };
}

/** The driver carries text. A byte a letter comes back as it was; the mark in front is for the empty value, which the driver cannot read. */
const encode = (value: Uint8Array): string =>
  `v${Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('latin1')}`;
const decode = (text: string | undefined): Uint8Array | undefined =>
  text === undefined ? undefined : Buffer.from(text.slice(1), 'latin1');

/** Memcached counts in seconds of its own clock, so the last one may be short: one more, and an entry lives at least as long as asked. */
function seconds(ttlMs: number, clock: Clock): number {
  const relative = Math.ceil(ttlMs / 1_000) + 1;
  return relative <= longestRelativeSeconds ? relative : Math.floor(clock.now() / 1_000) + relative;
}

/** The keys of each server, in commands of bounded length. */
function byServer(keys: Iterable<string>, ring: readonly Server[]): [Server, readonly string[]][] {
  const groups = new Map<Server, string[]>();
  for (const key of keys) {
    const server = serverOf(key, ring);
    const group = groups.get(server);
    if (group === undefined) groups.set(server, [key]);
    else group.push(key);
  }
  return Array.from(groups, ([server, own]) =>
    Array.from({ length: Math.ceil(own.length / maxKeysInCommand) }, (_, index): [Server, readonly string[]] => [
      server,
      own.slice(index * maxKeysInCommand, (index + 1) * maxKeysInCommand),
    ]),
  ).flat();
}
