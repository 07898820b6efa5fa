import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openSqliteStore } from '../../src/store/sqlite/index.ts';
import { conformsToStore } from './conformance.ts';

conformsToStore('SQLite', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'parley-store-'));
  return {
    store: await openSqliteStore({ path: join(folder, 'parley.db') }),
    close: () => rm(folder, { recursive: true }),
  };
});
