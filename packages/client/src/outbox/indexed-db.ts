import type { IDBPDatabase } from 'idb';
import type { Outbox, OutboxEntry } from './port.ts';

const store = 'sends';

/**
 * Keeps unacknowledged sends in the browser's IndexedDB, over reloads and restarts.
 * @param name one for each account, since the sends of two must not mix
 */
export function indexedDbOutbox(name: string): Outbox {
  let opened: Promise<IDBPDatabase> | undefined;
  const open = (): Promise<IDBPDatabase> => {
    opened ??= import('idb').then(({ openDB }) =>
      openDB(`parley-outbox-${name}`, 1, {
        upgrade(db) {
          db.createObjectStore(store, { keyPath: 'order', autoIncrement: true }).createIndex('cid', 'cid', {
            unique: true,
          });
        },
      }),
    );
    // A browser that had no room just now may have some at the next attempt.
    opened.catch(() => (opened = undefined));
    return opened;
  };
  return {
    async load() {
      const db = await open();
      return (await db.getAll(store)) as OutboxEntry[];
    },
    async put(entry) {
      const db = await open();
      await db.put(store, { ...entry });
    },
    async remove(cid) {
      const db = await open();
      const key = await db.getKeyFromIndex(store, 'cid', cid);
      if (key !== undefined) await db.delete(store, key);
    },
    async close() {
      (await opened)?.close();
    },
  };
}
