import { createHash } from 'node:crypto';
import type { Account, MovableStore, RecordStore } from '../port.ts';
import { copyDocuments, withoutVersions } from './documents.ts';

/** Copies everything that is no stream. What is there already is brought level with the source. */
export async function copyRecords(from: MovableStore, to: MovableStore, onRecord: () => void): Promise<void> {
  const contents = from.contents();
  for await (const account of contents.accounts()) {
    await copyAccount(account, to);
    onRecord();
  }
  for await (const session of contents.sessions()) {
    const known = await to.sessionByTokenHash(session.tokenHash);
    if (known === undefined) await to.createSession(session);
    else if (known.lastUsedAt !== session.lastUsedAt) await to.touchSession(session.id, session.lastUsedAt);
    onRecord();
  }
  for await (const invite of contents.invites()) {
    const known = await to.inviteByCode(invite.code);
    if (known !== undefined && known.usesLeft !== invite.usesLeft) await to.deleteInvite(known.createdBy, known.code);
    if (known?.usesLeft !== invite.usesLeft) await to.createInvite(invite);
    onRecord();
  }
  for await (const entry of contents.directory()) {
    await to.putDirectoryEntry(entry);
    onRecord();
  }
  await copyDocuments(from, to, onRecord);
}

async function copyAccount(account: Account, to: RecordStore): Promise<void> {
  await to.createAccount(account);
  const known = await to.accountByName(account.name);
  if (known?.id !== account.id)
    throw new Error(`The target has another account named ${account.name}. Empty it, or choose another.`);
  const { id, name: _name, createdAt: _createdAt, ...rest } = account;
  if (JSON.stringify(sorted(known)) !== JSON.stringify(sorted(account))) await to.updateAccount(id, rest);
}

const sorted = (record: object): [string, unknown][] =>
  Object.entries(record)
    .filter(([, value]) => value !== undefined)
    .toSorted(([a], [b]) => (a < b ? -1 : 1));

export interface RecordSums {
  readonly accounts: number;
  readonly sessions: number;
  readonly invites: number;
  readonly conversations: number;
  readonly documents: number;
  /** Of every record, in no order. */
  readonly checksum: Buffer;
}

/** Reads everything that is no stream and sums it up. */
export async function sumRecords(store: MovableStore): Promise<RecordSums> {
  const contents = store.contents();
  const checksum = Buffer.alloc(32);
  const countIn = async (records: AsyncIterable<object>): Promise<number> => {
    let count = 0;
    for await (const record of records) {
      mix(
        checksum,
        createHash('sha256')
          .update(JSON.stringify(sorted(record)))
          .digest(),
      );
      count++;
    }
    return count;
  };
  return {
    accounts: await countIn(contents.accounts()),
    sessions: await countIn(contents.sessions()),
    invites: await countIn(contents.invites()),
    conversations: await countIn(contents.directory()),
    documents: await countIn(withoutVersions(contents.documents())),
    checksum,
  };
}

/** Adds a checksum to others so that their order does not matter. */
export function mix(sum: Buffer, one: Uint8Array): void {
  for (let index = 0; index < sum.length; index++) sum[index] = (sum[index] ?? 0) ^ (one[index] ?? 0);
}
