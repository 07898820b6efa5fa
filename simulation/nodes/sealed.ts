import { DataKeys } from '../../packages/server/src/encryption/data-keys.ts';
import { KeyDocuments } from '../../packages/server/src/encryption/key-documents.ts';
import type { Keyring } from '../../packages/server/src/encryption/keyring/port.ts';
import { KeyringSealing } from '../../packages/server/src/encryption/keyring-sealing.ts';
import { openedStore } from '../../packages/server/src/encryption/opened-store.ts';
import { plainSealing } from '../../packages/server/src/encryption/plain.ts';
import type { Sealing } from '../../packages/server/src/encryption/sealing.ts';
import { Seals } from '../../packages/server/src/encryption/seals.ts';
import { silentLog } from '../../packages/server/src/log.ts';
import type { Store } from '../../packages/server/src/store/port.ts';
import type { SimulatedStore } from '../engines/store.ts';
import type { Process } from '../time/process.ts';

/** What a gateway has of encryption: how it seals, and the store as it looks to those who may read. */
export interface Sealed {
  readonly sealing: Sealing;
  readonly store: SimulatedStore;
}

/** Under a keyring, real data keys in the simulated store's documents; without one, texts go as they are. */
export function sealedStore(store: SimulatedStore, process: Process, keyring: Keyring | undefined): Sealed {
  if (keyring === undefined) return { sealing: plainSealing, store };
  const keys = new DataKeys({
    documents: new KeyDocuments(store),
    keyring,
    clock: process.clock,
    log: silentLog,
    fill: (buffer) => buffer.set(process.scheduler.random.bytes(buffer.length)),
  });
  const sealing = new KeyringSealing(new Seals(keys, silentLog), async (stream) => (await store.head(stream)) > 0);
  // Accounts are not simulated: nothing here asks for the rest of a store.
  return { sealing, store: openedStore(store as unknown as Store, sealing) };
}
