import { isStreamId, ParleyError, type StreamId } from '@parley/protocol';
import type { Clock } from '../clock.ts';
import type { Log } from '../log.ts';
import type { Store } from '../store/port.ts';
import { DataKeys } from './data-keys.ts';
import { Erasures, everyScope } from './erasures.ts';
import { KeyDocuments } from './key-documents.ts';
import { type Keyring, KeyringError } from './keyring/port.ts';
import { openKeyring } from './keyring/registry.ts';
import { KeyringSealing, serverScope } from './keyring-sealing.ts';
import { openedStore } from './opened-store.ts';
import { plainSealing } from './plain.ts';
import type { Sealing } from './sealing.ts';
import { Seals } from './seals.ts';

/** Encryption at rest, as one process does it. */
export interface Encryption {
  readonly sealing: Sealing;
  /** The store as those see it who show texts to people. */
  readonly store: Store;
  /** Texts found changed where they are stored. */
  readonly damaged: () => number;
  /** From now on erased keys are forgotten within a second. @param onErased called for each stream whose texts are gone */
  start(onErased: (stream: StreamId) => void): void;
  stop(): void;
}

/**
 * Encryption under a keyring; without one, texts go as they are.
 * @throws KeyringError when the keyring cannot be used, is another one than this data was written with, or is missing where it was
 */
export async function openEncryption(options: {
  /** Or its URL. */
  readonly keyring: Keyring | string | undefined;
  readonly store: Store;
  readonly clock: Clock;
  readonly log: Log;
}): Promise<Encryption> {
  const { store, clock, log } = options;
  const keyring = typeof options.keyring === 'string' ? openKeyring(options.keyring) : options.keyring;
  const documents = new KeyDocuments(store);
  if (keyring === undefined) {
    if ((await documents.newest(serverScope)) !== undefined)
      throw new KeyringError(
        'What this store holds is encrypted. Give its keyring with --keyring (PARLEY_KEYRING): without it nothing could be read, and what is written now would not be encrypted.',
      );
    return {
      sealing: plainSealing,
      store: openedStore(store, plainSealing),
      damaged: () => 0,
      start: () => undefined,
      stop: () => undefined,
    };
  }
  const seen = await documents.newestErasure();
  const keys = new DataKeys({ documents, keyring, clock, log });
  const seals = new Seals(keys, log);
  const sealing = new KeyringSealing(seals, async (stream) => (await store.head(stream)) > 0);
  try {
    await keys.forSealing(serverScope);
  } catch (cause) {
    throw startError(keyring, cause);
  }
  let erasures: Erasures | undefined;
  return {
    sealing,
    store: openedStore(store, sealing),
    damaged: () => seals.damaged,
    start(onErased) {
      const erased = (scope: string): void => {
        seals.forgetTexts();
        if (scope === everyScope) keys.forgetAll();
        else keys.forget(scope);
        if (isStreamId(scope)) onErased(scope);
      };
      erasures = new Erasures({ documents, clock, log, seen, onErased: erased });
      erasures.start();
    },
    stop: () => erasures?.stop(),
  };
}

/** Whoever starts a server with the wrong keyring learns it at once, not when somebody opens a conversation. */
function startError(keyring: Keyring, error: unknown): unknown {
  if (error instanceof KeyringError) return error;
  if (!(error instanceof ParleyError)) return error;
  if (error.cause instanceof KeyringError) return error.cause;
  if (error.code === 'keys-missing')
    return new KeyringError(
      `${keyring.name} is not the one this data was written with. Give that one with --keyring.`,
      {
        cause: error,
      },
    );
  return error.code === 'unavailable' ? new KeyringError(error.message, { cause: error }) : error;
}
