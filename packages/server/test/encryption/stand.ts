import { createHash } from 'node:crypto';
import { type Cid, newCid, newConversationId, newUserId, type StreamId } from '@parley/protocol';
import { systemClock } from '../../src/clock.ts';
import type { Fill } from '../../src/encryption/box.ts';
import { DataKeys } from '../../src/encryption/data-keys.ts';
import { KeyDocuments } from '../../src/encryption/key-documents.ts';
import { memoryKeyring } from '../../src/encryption/keyring/memory.ts';
import type { Keyring } from '../../src/encryption/keyring/port.ts';
import { KeyringSealing } from '../../src/encryption/keyring-sealing.ts';
import { Seals } from '../../src/encryption/seals.ts';
import { silentLog } from '../../src/log.ts';
import type { DocumentStore } from '../../src/store/documents.ts';
import type { Wish } from '../../src/stream/types.ts';
import { MemoryDocuments } from '../audit/memory-documents.ts';

export interface Parts {
  readonly documents?: DocumentStore;
  readonly keyring?: Keyring;
  readonly fill?: Fill;
}

/** What one gateway has of encryption. Two with the same documents and keyring are two gateways of a cluster. */
export function gatewayParts({ documents = new MemoryDocuments(), keyring = memoryKeyring(), fill }: Parts = {}) {
  const keyDocuments = new KeyDocuments(documents);
  const keys = new DataKeys({
    documents: keyDocuments,
    keyring,
    clock: systemClock,
    log: silentLog,
    ...(fill === undefined ? {} : { fill }),
  });
  const seals = new Seals(keys, silentLog);
  const sealing = new KeyringSealing(seals, () => Promise.resolve(true));
  return { documents, keyDocuments, keyring, keys, seals, sealing };
}

export const aPost = (text: string, stream: StreamId = newConversationId(), cid: Cid = newCid()): Wish => ({
  stream,
  actor: newUserId(),
  serverRole: 'member',
  cid,
  command: { type: 'post', text },
});

/** Bytes that look random and are the same each time. */
export function fillFrom(seed: string): Fill {
  let count = 0;
  return (buffer) => {
    for (let at = 0; at < buffer.length; at += 32)
      createHash('sha256').update(`${seed} ${count++}`).digest().copy(buffer, at);
  };
}
