import type { Clock } from '../../clock.ts';
import type { Cache } from '../port.ts';

export interface MemoryCacheOptions {
  /** Bound on keys and values together; the least recently used go first. Default 64 MiB. */
  readonly maxBytes?: number;
  readonly clock: Clock;
}

interface Entry {
  readonly value: Uint8Array;
  readonly bytes: number;
  expiresAt: number;
}

/** What a Map's entry and the objects around it weigh beside key and value, roughly. */
const entryOverheadBytes = 150;

/** A cache in this process's memory: least recently used first out, entries with a time to live. */
export function createMemoryCache({ maxBytes = 64 * 1024 * 1024, clock }: MemoryCacheOptions): Cache {
  const entries = new Map<string, Entry>();
  let bytes = 0;

  const drop = (key: string, entry: Entry): void => {
    entries.delete(key);
    bytes -= entry.bytes;
  };
  const find = (key: string): Entry | undefined => {
    const entry = entries.get(key);
    if (entry === undefined) return undefined;
    if (entry.expiresAt <= clock.elapsed()) {
      drop(key, entry);
      return undefined;
    }
    entries.delete(key);
    entries.set(key, entry);
    return entry;
  };

  return {
    get: (key) => Promise.resolve(find(key)?.value),
    getMany: (keys) => Promise.resolve(keys.map((key) => find(key)?.value)),
    set(key, value, ttlMs) {
      const former = entries.get(key);
      if (former !== undefined) drop(key, former);
      const entry = {
        value,
        bytes: key.length * 2 + value.byteLength + entryOverheadBytes,
        expiresAt: clock.elapsed() + ttlMs,
      };
      entries.set(key, entry);
      bytes += entry.bytes;
      for (const [oldest, old] of entries) {
        if (bytes <= maxBytes) break;
        drop(oldest, old);
      }
      return Promise.resolve();
    },
    delete(key) {
      const entry = entries.get(key);
      if (entry !== undefined) drop(key, entry);
      return Promise.resolve();
    },
    touch(key, ttlMs) {
      const entry = find(key);
      if (entry !== undefined) entry.expiresAt = clock.elapsed() + ttlMs;
      return Promise.resolve(entry !== undefined);
    },
    close: () => Promise.resolve(),
  };
}
