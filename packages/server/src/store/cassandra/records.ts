import type { ConversationId, UserId } from '@parley/protocol';
import type { DirectoryEntry, RecordStore, Session, StoredInvite } from '../port.ts';
import { accountOperations } from './accounts.ts';
import { type Connection, numberOf, type Row, textOf } from './connection.ts';
import { inTurns } from './messages.ts';

/** Partitions of the directory: few for channels, which are listed all at once, many for the rest. */
const channelSlots = 16;
const otherSlots = 1_024;
/** What ends is forgotten a while after: clocks differ. */
const daySeconds = 86_400;
const longestTtlSeconds = 20 * 365 * daySeconds;
/** Endings of sessions share a partition for so long: short, so that what is asked for twice a second is small. */
const endedSlotMs = 10_000;
/** A touch of a session that is gone leaves a cell without the rest, which is read as nothing and forgotten after this. */
const touchTtlSeconds = 400 * daySeconds;
/** Attempts at a counter that others change too. */
const maxAttempts = 100;

/** Accounts, sessions, invites and the directory. What must happen once is a conditional write on one row. */
export function recordOperations(connection: Connection): RecordStore {
  return {
    ...accountOperations(connection),
    ...directoryOperations(connection),
    ...sessionOperations(connection),
    ...inviteOperations(connection),
  };
}

function directoryOperations(connection: Connection): Pick<RecordStore, 'putDirectoryEntry' | 'listChannels'> {
  return {
    /** Its time is its seq: the highest wins, whoever writes last. */
    putDirectoryEntry: (entry) =>
      connection.run(
        `INSERT INTO directory (kind, slot, conversation, seq, name, topic, archived, member_count, created_at)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) USING TIMESTAMP ?`,
        entry.kind,
        slotOf(entry),
        entry.conversation,
        entry.seq,
        entry.name,
        entry.topic,
        entry.archived,
        entry.memberCount,
        entry.createdAt,
        entry.seq,
      ),
    async listChannels({ includeArchived, limit }) {
      const slots = Array.from({ length: channelSlots }, (_, slot) => slot);
      const rows = await inTurns(slots, (slot) =>
        connection.all("SELECT * FROM directory WHERE kind = 'channel' AND slot = ?", slot),
      );
      const entries = rows.flat().map(entryOf);
      return entries
        .filter(({ archived }) => includeArchived || !archived)
        .toSorted((a, b) => (a.name < b.name ? -1 : Number(a.name > b.name)))
        .slice(0, limit);
    },
  };
}

function slotOf({ kind, conversation }: DirectoryEntry): number {
  let hash = 0;
  for (let index = 0; index < conversation.length; index++)
    hash = (Math.imul(hash, 31) + conversation.charCodeAt(index)) | 0;
  return (hash >>> 0) % (kind === 'channel' ? channelSlots : otherSlots);
}

function sessionOperations(
  connection: Connection,
): Pick<
  RecordStore,
  'createSession' | 'sessionByTokenHash' | 'sessionsOf' | 'touchSession' | 'deleteSession' | 'sessionsEnded'
> {
  const byId = async (id: string): Promise<Session | undefined> => {
    const row = await connection.one('SELECT * FROM session WHERE id = ?', id);
    return row === undefined || textOf(row['user']) === undefined ? undefined : sessionOf(row);
  };
  return {
    /** Conditional like its revocation, so that both are ordered by one agreement and by no clock. */
    async createSession({ id, user, tokenHash, device, createdAt, lastUsedAt, expiresAt }) {
      const life = Math.ceil((expiresAt - createdAt) / 1_000) + daySeconds;
      const ttl = Math.min(Math.max(life, daySeconds), longestTtlSeconds);
      await connection.run('INSERT INTO session_by_user (user, id) VALUES (?, ?) USING TTL ?', user, id, ttl);
      await connection.runIf({
        query: `INSERT INTO session (id, user, token_hash, device, created_at, last_used_at, expires_at)
                VALUES (?, ?, ?, ?, ?, ?, ?) IF NOT EXISTS USING TTL ?`,
        params: [id, user, tokenHash, device, createdAt, lastUsedAt, expiresAt, ttl],
      });
      await connection.run(
        'INSERT INTO session_by_token (token_hash, id) VALUES (?, ?) USING TTL ?',
        tokenHash,
        id,
        ttl,
      );
    },
    async sessionByTokenHash(tokenHash) {
      const row = await connection.one('SELECT id FROM session_by_token WHERE token_hash = ?', tokenHash);
      return row === undefined ? undefined : byId(String(row['id']));
    },
    async sessionsOf(user) {
      const rows = await connection.all('SELECT id FROM session_by_user WHERE user = ?', user);
      const sessions = await inTurns(rows, ({ id }) => byId(String(id)));
      return sessions.filter((session) => session !== undefined).toSorted((a, b) => b.lastUsedAt - a.lastUsedAt);
    },
    touchSession: (id, lastUsedAt) =>
      connection.run('UPDATE session USING TTL ? SET last_used_at = ? WHERE id = ?', touchTtlSeconds, lastUsedAt, id),
    async deleteSession(user, id, at) {
      const session = await byId(id);
      if (session?.user !== user) return false;
      // Told before it is done: a node that fails in between ends a socket too many and no session too few.
      await connection.run(
        'INSERT INTO session_ended (slot, at, id) VALUES (?, ?, ?) USING TTL 3600',
        Math.floor(at / endedSlotMs),
        at,
        id,
      );
      const { isApplied } = await connection.runIf({
        query: 'DELETE FROM session WHERE id = ? IF user = ?',
        params: [id, user],
      });
      await connection.run('DELETE FROM session_by_token WHERE token_hash = ?', session.tokenHash);
      await connection.run('DELETE FROM session_by_user WHERE user = ? AND id = ?', user, id);
      return isApplied;
    },
    async sessionsEnded(from, to) {
      const slots = Array.from(
        { length: Math.floor(to / endedSlotMs) - Math.floor(from / endedSlotMs) + 1 },
        (_, index) => Math.floor(from / endedSlotMs) + index,
      );
      const found = await inTurns(slots, (slot) =>
        connection.all('SELECT id FROM session_ended WHERE slot = ? AND at >= ? AND at <= ?', slot, from, to),
      );
      return found.flat().map(({ id }) => String(id));
    },
  };
}

function inviteOperations(
  connection: Connection,
): Pick<RecordStore, 'createInvite' | 'inviteByCode' | 'invitesOf' | 'useInvite' | 'returnInvite' | 'deleteInvite'> {
  const byCode = async (code: string, isSettled = false): Promise<StoredInvite | undefined> => {
    const query = 'SELECT * FROM invite WHERE code = ?';
    const row = await (isSettled ? connection.settled(query, code) : connection.one(query, code));
    return row === undefined || textOf(row['created_by']) === undefined ? undefined : inviteOf(row);
  };
  /** Changes the uses from what they are now, again when somebody else was faster. */
  const change = async (
    code: string,
    next: (invite: StoredInvite) => number | undefined,
  ): Promise<StoredInvite | undefined> => {
    let invite = await byCode(code, true);
    for (let attempt = 0; attempt < maxAttempts && invite !== undefined; attempt++) {
      const usesLeft = next(invite);
      if (usesLeft === undefined) return undefined;
      const { isApplied, row } = await connection.runIf({
        query: 'UPDATE invite SET uses_left = ? WHERE code = ? IF uses_left = ?',
        params: [usesLeft, code, invite.usesLeft],
      });
      if (isApplied) return { ...invite, usesLeft };
      const found = numberOf(row['uses_left']);
      invite = found === undefined ? undefined : { ...invite, usesLeft: found };
    }
    return undefined;
  };
  return {
    async createInvite({ code, createdBy, expiresAt, usesLeft, conversation }) {
      await connection.run('INSERT INTO invite_by_creator (created_by, code) VALUES (?, ?)', createdBy, code);
      await connection.runIf({
        query:
          'INSERT INTO invite (code, created_by, expires_at, uses_left, conversation) VALUES (?, ?, ?, ?, ?) IF NOT EXISTS',
        params: [code, createdBy, expiresAt, usesLeft, conversation ?? null],
      });
    },
    inviteByCode: (code) => byCode(code),
    async invitesOf(user) {
      const rows = await connection.all('SELECT code FROM invite_by_creator WHERE created_by = ?', user);
      const invites = await inTurns(rows, ({ code }) => byCode(String(code)));
      return invites.filter((invite) => invite !== undefined).toSorted((a, b) => b.expiresAt - a.expiresAt);
    },
    useInvite: (code, now) =>
      change(code, ({ usesLeft, expiresAt }) => (usesLeft > 0 && expiresAt > now ? usesLeft - 1 : undefined)),
    async returnInvite(code) {
      await change(code, ({ usesLeft }) => usesLeft + 1);
    },
    async deleteInvite(user, code) {
      const { isApplied } = await connection.runIf({
        query: 'DELETE FROM invite WHERE code = ? IF created_by = ?',
        params: [code, user],
      });
      if (isApplied)
        await connection.run('DELETE FROM invite_by_creator WHERE created_by = ? AND code = ?', user, code);
      return isApplied;
    },
  };
}

export const sessionOf = (row: Row): Session => ({
  id: String(row['id']),
  user: String(row['user']) as UserId,
  tokenHash: String(row['token_hash']),
  device: String(row['device']),
  createdAt: numberOf(row['created_at']) ?? 0,
  lastUsedAt: numberOf(row['last_used_at']) ?? 0,
  expiresAt: numberOf(row['expires_at']) ?? 0,
});

export function inviteOf(row: Row): StoredInvite {
  const conversation = textOf(row['conversation']);
  return {
    code: String(row['code']),
    createdBy: String(row['created_by']) as UserId,
    expiresAt: numberOf(row['expires_at']) ?? 0,
    usesLeft: Number(row['uses_left']),
    ...(conversation === undefined ? {} : { conversation: conversation as ConversationId }),
  };
}

export const entryOf = (row: Row): DirectoryEntry => ({
  conversation: String(row['conversation']) as ConversationId,
  seq: numberOf(row['seq']) ?? 0,
  kind: String(row['kind']) as DirectoryEntry['kind'],
  name: String(row['name']),
  topic: String(row['topic']),
  archived: row['archived'] === true,
  memberCount: numberOf(row['member_count']) ?? 0,
  createdAt: numberOf(row['created_at']) ?? 0,
});
