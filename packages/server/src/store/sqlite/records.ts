import type { DatabaseSync, SQLInputValue } from 'node:sqlite';
import type { ConversationId, UserId } from '@parley/protocol';
import type { Account, DirectoryEntry, Session, StoredInvite } from '../port.ts';
import { statement } from './streams.ts';

type Row = Record<string, unknown>;

export const accountOf = (row: Row): Account => ({
  id: String(row['id']) as UserId,
  name: String(row['name']),
  displayName: String(row['display_name']),
  color: Number(row['color']),
  status: String(row['status']),
  serverRole: String(row['server_role']) as Account['serverRole'],
  createdAt: Number(row['created_at']),
  ...(row['password_hash'] === null ? {} : { passwordHash: String(row['password_hash']) }),
  ...(row['last_seen_at'] === null ? {} : { lastSeenAt: Number(row['last_seen_at']) }),
});
export const sessionOf = (row: Row): Session => ({
  id: String(row['id']),
  user: String(row['user']) as UserId,
  tokenHash: String(row['token_hash']),
  device: String(row['device']),
  createdAt: Number(row['created_at']),
  lastUsedAt: Number(row['last_used_at']),
  expiresAt: Number(row['expires_at']),
});
export const inviteOf = (row: Row): StoredInvite => ({
  code: String(row['code']),
  createdBy: String(row['created_by']) as UserId,
  expiresAt: Number(row['expires_at']),
  usesLeft: Number(row['uses_left']),
  ...(row['conversation'] === null ? {} : { conversation: String(row['conversation']) as ConversationId }),
});
export const entryOf = (row: Row): DirectoryEntry => ({
  conversation: String(row['conversation']) as ConversationId,
  seq: Number(row['seq']),
  kind: String(row['kind']) as DirectoryEntry['kind'],
  name: String(row['name']),
  topic: String(row['topic']),
  archived: Number(row['archived']) === 1,
  memberCount: Number(row['member_count']),
  createdAt: Number(row['created_at']),
});

/** How long the ending of a session is told: far longer than a node that lives goes without asking. */
const endedKnownMs = 3_600_000;

/** Words of a name, each after a space, so that "starts with" is one LIKE. */
const searchKey = (name: string, displayName: string): string => ` ${name} ${displayName}`.toLowerCase();
const escapeLike = (text: string): string => text.replace(/[\\%_]/g, (char) => `\\${char}`);

/** Accounts, sessions, invites and the directory, on one connection. Synchronous: it runs in a worker. */
export function recordOperations(db: DatabaseSync) {
  const get = (sql: string, ...values: SQLInputValue[]): Row | undefined => statement(db, sql).get(...values);
  const all = (sql: string, ...values: SQLInputValue[]): Row[] => statement(db, sql).all(...values);
  const run = (sql: string, ...values: SQLInputValue[]): number => Number(statement(db, sql).run(...values).changes);

  return {
    putDirectoryEntry(entry: DirectoryEntry): void {
      run(
        `INSERT INTO directory VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (conversation) DO UPDATE SET seq = excluded.seq,
         name = excluded.name, topic = excluded.topic, archived = excluded.archived, member_count = excluded.member_count
         WHERE excluded.seq > seq`,
        entry.conversation,
        entry.seq,
        entry.kind,
        entry.name,
        entry.topic,
        entry.archived ? 1 : 0,
        entry.memberCount,
        entry.createdAt,
      );
    },
    listChannels: ({ includeArchived, limit }: { includeArchived: boolean; limit: number }): DirectoryEntry[] =>
      all(
        "SELECT * FROM directory WHERE kind = 'channel' AND archived <= ? ORDER BY name LIMIT ?",
        includeArchived ? 1 : 0,
        limit,
      ).map(entryOf),

    createAccount(account: Account, options?: { first: boolean }): boolean {
      if (options?.first === true && get('SELECT 1 FROM account LIMIT 1') !== undefined) return false;
      return (
        run(
          'INSERT OR IGNORE INTO account VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)',
          account.id,
          account.name,
          account.name.toLowerCase(),
          account.displayName,
          searchKey(account.name, account.displayName),
          account.color,
          account.status,
          account.serverRole,
          account.passwordHash ?? null,
          account.createdAt,
          account.lastSeenAt ?? null,
        ) === 1
      );
    },
    accountById(id: UserId): Account | undefined {
      const row = get('SELECT * FROM account WHERE id = ?', id);
      return row === undefined ? undefined : accountOf(row);
    },
    accountsById(ids: readonly UserId[]): Account[] {
      return all('SELECT * FROM account WHERE id IN (SELECT value FROM json_each(?))', JSON.stringify(ids)).map(
        accountOf,
      );
    },
    accountByName(name: string): Account | undefined {
      const row = get('SELECT * FROM account WHERE name_key = ?', name.toLowerCase());
      return row === undefined ? undefined : accountOf(row);
    },
    findAccounts: (text: string, limit: number): Account[] =>
      all(
        "SELECT * FROM account WHERE search_key LIKE ? ESCAPE '\\' ORDER BY name_key LIMIT ?",
        text.trim() === '' ? '%' : `% ${escapeLike(text.trim().toLowerCase())}%`,
        limit,
      ).map(accountOf),
    updateAccount(id: UserId, change: Partial<Omit<Account, 'id' | 'name' | 'createdAt'>>): void {
      const row = get('SELECT * FROM account WHERE id = ?', id);
      if (row === undefined) return;
      const account = { ...accountOf(row), ...change };
      run(
        `UPDATE account SET display_name = ?, search_key = ?, color = ?, status = ?, server_role = ?, password_hash = ?,
         last_seen_at = ? WHERE id = ?`,
        account.displayName,
        searchKey(account.name, account.displayName),
        account.color,
        account.status,
        account.serverRole,
        account.passwordHash ?? null,
        account.lastSeenAt ?? null,
        id,
      );
    },
    renameAccount(id: UserId, name: string): boolean {
      const row = get('SELECT * FROM account WHERE id = ?', id);
      if (row === undefined) return false;
      return (
        run(
          'UPDATE OR IGNORE account SET name = ?, name_key = ?, search_key = ? WHERE id = ?',
          name,
          name.toLowerCase(),
          searchKey(name, String(row['display_name'])),
          id,
        ) === 1
      );
    },
    hasAccounts: (): boolean => get('SELECT 1 FROM account LIMIT 1') !== undefined,

    createSession(session: Session): void {
      run(
        'INSERT INTO session VALUES (?, ?, ?, ?, ?, ?, ?)',
        session.id,
        session.user,
        session.tokenHash,
        session.device,
        session.createdAt,
        session.lastUsedAt,
        session.expiresAt,
      );
    },
    sessionByTokenHash(tokenHash: string): Session | undefined {
      const row = get('SELECT * FROM session WHERE token_hash = ?', tokenHash);
      return row === undefined ? undefined : sessionOf(row);
    },
    sessionsOf: (user: UserId): Session[] =>
      all('SELECT * FROM session WHERE user = ? ORDER BY last_used_at DESC', user).map(sessionOf),
    touchSession(id: string, lastUsedAt: number): void {
      run('UPDATE session SET last_used_at = ? WHERE id = ?', lastUsedAt, id);
    },
    deleteSession(user: UserId, id: string, at: number): boolean {
      if (run('DELETE FROM session WHERE user = ? AND id = ?', user, id) !== 1) return false;
      run('INSERT OR IGNORE INTO session_ended VALUES (?, ?)', at, id);
      run('DELETE FROM session_ended WHERE at < ?', at - endedKnownMs);
      return true;
    },
    sessionsEnded: (from: number, to: number): string[] =>
      all('SELECT id FROM session_ended WHERE at BETWEEN ? AND ?', from, to).map(({ id }) => String(id)),

    createInvite(invite: StoredInvite): void {
      run(
        'INSERT INTO invite VALUES (?, ?, ?, ?, ?)',
        invite.code,
        invite.createdBy,
        invite.expiresAt,
        invite.usesLeft,
        invite.conversation ?? null,
      );
    },
    inviteByCode(code: string): StoredInvite | undefined {
      const row = get('SELECT * FROM invite WHERE code = ?', code);
      return row === undefined ? undefined : inviteOf(row);
    },
    invitesOf: (user: UserId): StoredInvite[] =>
      all('SELECT * FROM invite WHERE created_by = ? ORDER BY expires_at DESC', user).map(inviteOf),
    useInvite(code: string, now: number): StoredInvite | undefined {
      const row = get(
        'UPDATE invite SET uses_left = uses_left - 1 WHERE code = ? AND uses_left > 0 AND expires_at > ? RETURNING *',
        code,
        now,
      );
      return row === undefined ? undefined : inviteOf(row);
    },
    returnInvite(code: string): void {
      run('UPDATE invite SET uses_left = uses_left + 1 WHERE code = ?', code);
    },
    deleteInvite: (user: UserId, code: string): boolean =>
      run('DELETE FROM invite WHERE created_by = ? AND code = ?', user, code) === 1,
  };
}
