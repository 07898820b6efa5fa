import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before } from 'node:test';
import type { Store } from '../src/store/port.ts';
import { openSqliteStore } from '../src/store/sqlite/index.ts';

/** The SQLite store in a folder of its own, for the tests of one `describe`. */
export function withSqliteStore(): () => Store {
  let folder = '';
  let store: Store | undefined;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'parley-store-'));
    store = await openSqliteStore({ path: join(folder, 'parley.db') });
  });
  after(async () => {
    await store?.close();
    await rm(folder, { recursive: true });
  });
  return () => {
    if (store === undefined) throw new Error('the store is not open');
    return store;
  };
}
