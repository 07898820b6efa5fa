import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Registry } from 'prom-client';
import { createMemoryBroker } from '../../src/broker/memory/index.ts';
import { createMemoryCache } from '../../src/cache/memory/index.ts';
import { systemClock } from '../../src/clock.ts';
import { openSqliteStore } from '../../src/store/sqlite/index.ts';
import { openHub } from '../../src/workers/hub.ts';

/** The embedded engines of one process, lent to others by a local socket. */
export interface Lent {
  /** Of the local socket. */
  readonly path: string;
  readonly file: string;
  /** The processes that lost a link, each as often as it did. */
  readonly lost: number[];
  close(): Promise<void>;
}

export async function lend(options: { partitions?: number; maxQueued?: number } = {}): Promise<Lent> {
  const folder = await mkdtemp(join(tmpdir(), 'parley-lent-'));
  const [path, file] = [join(folder, 'hub'), join(folder, 'parley.db')];
  const store = await openSqliteStore({ path: file });
  const cache = createMemoryCache({ clock: systemClock });
  const lost: number[] = [];
  const broker = createMemoryBroker(options).connect();
  const hub = await openHub({ path, store, cache, broker, lost: (pid) => lost.push(pid), metrics: new Registry() });
  return {
    path,
    file,
    lost,
    async close() {
      await hub.close();
      await store.close();
      await rm(folder, { recursive: true });
    },
  };
}
