import { openLocalCache } from '../../src/cache/local/index.ts';
import { localUrl } from '../../src/link.ts';
import { lend } from '../workers/lent.ts';
import { conformsToCache } from './conformance.ts';

conformsToCache('local', async () => {
  const lent = await lend();
  const open = () => openLocalCache(localUrl(lent.path));
  return { cache: await open(), again: open, close: () => lent.close() };
});
