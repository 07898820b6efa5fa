import type { ConversationId, UserId } from '@parley/protocol';
import type { DirectoryEntry, RecordStore, Session, StoredInvite } from '../port.ts';
import { accountOperations } from './accounts.ts';
import {
  add,
  ask,
  type Collections,
  type DirectoryDocument,
  type InviteDocument,
  type SessionDocument,
} from './connection.ts';

/** How long the ending of a session is told: far longer than a node that lives goes without asking. */
const endedKnownMs = 3_600_000;

/** Accounts, sessions, invites and the directory. What must happen once is the adding of one document under a key. */
export function recordOperations(collections: Collections): RecordStore {
  return {
    ...accountOperations(collections),
    ...directoryOperations(collections),
    ...sessionOperations(collections),
    ...inviteOperations(collections),
  };
}

/** Each version of an entry is a document; the newest counts, older ones are swept away by whoever adds one. */
function directoryOperations({ directory }: Collections): Pick<RecordStore, 'putDirectoryEntry' | 'listChannels'> {
  return {
    async putDirectoryEntry(entry) {
      const { conversation, seq, kind } = entry;
      const document = { _id: `${conversation}/${seq}`, conversation, seq, kind, entry: JSON.stringify(entry) };
      if (await add(directory, document)) await ask(() => directory.deleteMany({ conversation, seq: { $lt: seq } }));
    },
    async listChannels({ includeArchived, limit }) {
      const documents = await ask(() => directory.find({ kind: 'channel' }).toArray());
      return newestOf(documents)
        .filter(({ archived }) => includeArchived || !archived)
        .toSorted((a, b) => (a.name < b.name ? -1 : Number(a.name > b.name)))
        .slice(0, limit);
    },
  };
}

export function newestOf(documents: Iterable<DirectoryDocument>): DirectoryEntry[] {
  const newest = new Map<string, DirectoryDocument>();
  for (const document of documents) {
    if (document.seq >= (newest.get(document.conversation)?.seq ?? 0)) newest.set(document.conversation, document);
  }
  return Array.from(newest.values(), ({ entry }) => JSON.parse(entry) as DirectoryEntry);
}

function sessionOperations({
  session: sessions,
  sessionEnded,
}: Collections): Pick<
  RecordStore,
  'createSession' | 'sessionByTokenHash' | 'sessionsOf' | 'touchSession' | 'deleteSession' | 'sessionsEnded'
> {
  return {
    async createSession({ tokenHash, ...session }) {
      await add(sessions, { _id: tokenHash, ...session });
    },
    async sessionByTokenHash(tokenHash) {
      const found = await ask(() => sessions.findOne({ _id: tokenHash }));
      return found === null ? undefined : sessionOf(found);
    },
    async sessionsOf(user) {
      return (await ask(() => sessions.find({ user }).sort({ lastUsedAt: -1 }).toArray())).map(sessionOf);
    },
    async touchSession(id, lastUsedAt) {
      await ask(() => sessions.updateOne({ id }, { $set: { lastUsedAt } }));
    },
    async deleteSession(user, id, at) {
      if ((await ask(() => sessions.findOne({ id, user }))) === null) return false;
      // Told before it is done: a node that fails in between ends a socket too many and no session too few.
      await ask(() => sessionEnded.updateOne({ _id: id }, { $set: { at } }, { upsert: true }));
      await ask(() => sessionEnded.deleteMany({ at: { $lt: at - endedKnownMs } }));
      return (await ask(() => sessions.deleteOne({ id, user }))).deletedCount === 1;
    },
    async sessionsEnded(from, to) {
      const between = { at: { $gte: from, $lte: to } };
      return (await ask(() => sessionEnded.find(between).toArray())).map(({ _id }) => _id);
    },
  };
}

/** A use of an invite is a document under its number: it is taken by adding it, and given back by deleting it. */
function inviteOperations({
  invite: invites,
  inviteUse,
}: Collections): Pick<
  RecordStore,
  'createInvite' | 'inviteByCode' | 'invitesOf' | 'useInvite' | 'returnInvite' | 'deleteInvite'
> {
  const usesOf = async (code: string): Promise<Set<number>> =>
    new Set((await ask(() => inviteUse.find({ code }).toArray())).map(({ number }) => number));
  const find = (code: string): Promise<InviteDocument | null> => ask(() => invites.findOne({ _id: code }));
  const withUses = async (invite: InviteDocument): Promise<StoredInvite> =>
    inviteOf(invite, (await usesOf(codeOf(invite))).size);

  return {
    async createInvite({ code, createdBy, expiresAt, usesLeft, conversation }) {
      await add(invites, {
        _id: code,
        createdBy,
        expiresAt,
        uses: usesLeft,
        ...(conversation === undefined ? {} : { conversation }),
      });
    },
    async inviteByCode(code) {
      const invite = await find(code);
      return invite === null ? undefined : withUses(invite);
    },
    async invitesOf(user) {
      const own = await ask(() => invites.find({ createdBy: user }).sort({ expiresAt: -1 }).toArray());
      return Promise.all(own.map(withUses));
    },
    async useInvite(code, now) {
      const invite = await find(code);
      if (invite === null || invite.expiresAt <= now) return undefined;
      const used = await usesOf(code);
      for (let number = 1; number <= invite.uses; number++) {
        if (used.has(number)) continue;
        used.add(number);
        if (!(await add(inviteUse, { _id: `${code}/${number}`, code, number }))) continue;
        // It may have been taken back meanwhile: then nobody comes in by it.
        return (await find(code)) === null ? undefined : inviteOf(invite, used.size);
      }
      return undefined;
    },
    async returnInvite(code) {
      if ((await find(code)) === null) return;
      for (const number of await usesOf(code)) {
        const { deletedCount } = await ask(() => inviteUse.deleteOne({ _id: `${code}/${number}` }));
        if (deletedCount === 1) return;
      }
    },
    async deleteInvite(user, code) {
      const { deletedCount } = await ask(() => invites.deleteOne({ _id: code, createdBy: user }));
      if (deletedCount !== 1) return false;
      await ask(() => inviteUse.deleteMany({ code }));
      return true;
    },
  };
}

export const codeOf = ({ _id }: Pick<InviteDocument, '_id'>): string => _id;

export const sessionOf = ({ _id, user, ...session }: SessionDocument): Session => ({
  ...session,
  user: user as UserId,
  tokenHash: _id,
});

export const inviteOf = (
  { _id, createdBy, expiresAt, uses, conversation }: InviteDocument,
  used: number,
): StoredInvite => ({
  code: _id,
  createdBy: createdBy as UserId,
  expiresAt,
  usesLeft: Math.max(0, uses - used),
  ...(conversation === undefined ? {} : { conversation: conversation as ConversationId }),
});
