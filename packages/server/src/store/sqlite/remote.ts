import { Link, parseLocalUrl } from '../../link.ts';
import { EngineError } from '../../patience.ts';
import type { MovableStore } from '../port.ts';
import { Connection } from './connection.ts';
import { storeOver } from './index.ts';

/**
 * A database whose one writer is in another process of this machine. What changes something goes there over its local
 * socket; reads are of the file, which has every append from the moment it resolved.
 * @param url `local:PATH?file=PATH`
 */
export async function openLocalStore(url: string): Promise<MovableStore> {
  const { path, options } = parseLocalUrl(url);
  const file = options.get('file');
  if (file === null) throw new EngineError(`${url} does not say which file.`);
  const link = await Link.connect(path, { handle: () => undefined, closed: () => undefined });
  await link.request('open', ['store', process.pid]);
  const writer = {
    request: (name: string, args: readonly unknown[]) => link.request(name, args),
    close() {
      link.close();
      return Promise.resolve();
    },
  };
  const reader = await Connection.open({ path: file, role: 'reader' }).catch((error: unknown) => {
    link.close();
    throw error;
  });
  return storeOver(writer, reader);
}
