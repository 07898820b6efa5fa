import { localUrl } from '../../src/link.ts';
import { openLocalStore } from '../../src/store/sqlite/remote.ts';
import { lend } from '../workers/lent.ts';
import { conformsToStore } from './conformance.ts';

conformsToStore('local', async () => {
  const lent = await lend();
  const open = () => openLocalStore(localUrl(lent.path, { file: lent.file }));
  return { store: await open(), again: open, close: () => lent.close() };
});
