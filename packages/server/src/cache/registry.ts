import type { Clock } from '../clock.ts';
import type { Log } from '../log.ts';
import { EngineError } from '../patience.ts';
import type { CacheCounters } from './breaker.ts';
import type { Cache } from './port.ts';

/** What every cache is opened with, whatever its engine. */
export interface OpenCacheOptions {
  readonly clock: Clock;
  readonly log: Log;
  /** Counted up by caches outside of this process. */
  readonly counters: CacheCounters;
}

type Open = (url: string, options: OpenCacheOptions) => Promise<Cache>;

const redis: Open = async (url, options) => (await import('./redis/index.ts')).openRedisCache(url, options);
const memcached: Open = async (url, options) => (await import('./memcached/index.ts')).openMemcachedCache(url, options);

/** Loaded when asked for: an embedded start pays for no driver. */
const engines: Readonly<Record<string, Open>> = {
  'memory:': async (_url, { clock }) => (await import('./memory/index.ts')).createMemoryCache({ clock }),
  'redis:': redis,
  'rediss:': redis,
  'memcached:': memcached,
  'memcacheds:': memcached,
};

/** How the URL of a cache may begin. */
export const cacheSchemes: readonly string[] = Object.keys(engines);

/** Not for settings: the processes of one server give it to each other. */
const local: Open = async (url) => (await import('./local/index.ts')).openLocalCache(url);

/**
 * Opens the cache that the URL names. An engine that cannot be reached is no error: the cache begins as one that misses.
 * @throws EngineError for a URL that makes no sense, and for an engine that refuses these credentials
 */
export async function openCache(url: string, options: OpenCacheOptions): Promise<Cache> {
  const [scheme] = url.split(':', 1);
  const open = scheme === 'local' ? local : engines[`${scheme}:`];
  if (open === undefined) throw new EngineError(`There is no cache for ${scheme}:. Known: ${cacheSchemes.join(', ')}.`);
  return open(url, options);
}
