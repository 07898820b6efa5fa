import type { Cid } from '@parley/protocol';
import type { Outbox, OutboxEntry } from './port.ts';

/** Keeps unacknowledged sends for the life of the process: over lost connections and restarts of the server, not its own. */
export function memoryOutbox(): Outbox {
  const entries = new Map<Cid, OutboxEntry>();
  return {
    load: () => Promise.resolve([...entries.values()]),
    put(entry) {
      entries.set(entry.cid, entry);
      return Promise.resolve();
    },
    remove(cid) {
      entries.delete(cid);
      return Promise.resolve();
    },
    close: () => Promise.resolve(),
  };
}
