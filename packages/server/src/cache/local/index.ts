import { Link, parseLocalUrl } from '../../link.ts';
import type { Cache } from '../port.ts';

/** The memory cache of another process of this machine, over its local socket. */
export async function openLocalCache(url: string): Promise<Cache> {
  const link = await Link.connect(parseLocalUrl(url).path, { handle: () => undefined, closed: () => undefined });
  await link.request('open', ['cache', process.pid]);
  /** A cache never rejects: one that is gone misses. */
  const ask = async <Result>(name: string, args: readonly unknown[], missed: Result): Promise<Result> => {
    try {
      return (await link.request(name, args)) as Result;
    } catch {
      return missed;
    }
  };
  return {
    get: (key) => ask('get', [key], undefined),
    getMany: (keys) =>
      ask(
        'getMany',
        [keys],
        keys.map(() => undefined),
      ),
    set: (key, value, ttlMs) => ask('set', [key, value, ttlMs], undefined),
    delete: (key) => ask('delete', [key], undefined),
    touch: (key, ttlMs) => ask('touch', [key, ttlMs], false),
    close() {
      link.close();
      return Promise.resolve();
    },
  };
}
