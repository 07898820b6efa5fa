import type { DatabaseSync } from 'node:sqlite';
import type { StreamId } from '@parley/protocol';
import type { Document } from '../documents.ts';
import { documentOfRow } from '../documents.ts';
import type { Account, DirectoryEntry, Session, StoreContents, StoredInvite } from '../port.ts';
import { accountOf, entryOf, inviteOf, sessionOf } from './records.ts';
import { statement } from './streams.ts';

type Row = Record<string, unknown>;

/** Pages of whole tables in the order of their keys, on one connection. Synchronous: it runs in a worker. */
export function contentOperations(db: DatabaseSync) {
  const page = (table: string, key: string, after: string, limit: number): Row[] =>
    statement(db, `SELECT * FROM ${table} WHERE ${key} > ? ORDER BY ${key} LIMIT ?`).all(after, limit);
  return {
    streamsAfter: (id: string, limit: number): StreamId[] =>
      page('stream', 'id', id, limit).map((row) => String(row['id']) as StreamId),
    accountsAfter: (id: string, limit: number): Account[] => page('account', 'id', id, limit).map(accountOf),
    sessionsAfter: (id: string, limit: number): Session[] => page('session', 'id', id, limit).map(sessionOf),
    invitesAfter: (code: string, limit: number): StoredInvite[] => page('invite', 'code', code, limit).map(inviteOf),
    directoryAfter: (conversation: string, limit: number): DirectoryEntry[] =>
      page('directory', 'conversation', conversation, limit).map(entryOf),
    documentsAfter: (after: readonly [string, string, string], limit: number): Document[] =>
      statement(db, 'SELECT * FROM document WHERE (kind, owner, key) > (?, ?, ?) ORDER BY kind, owner, key LIMIT ?')
        .all(...after, limit)
        .map(documentOfRow),
  };
}

type Paged = {
  [Name in keyof ReturnType<typeof contentOperations>]: (
    ...args: Parameters<ReturnType<typeof contentOperations>[Name]>
  ) => Promise<ReturnType<ReturnType<typeof contentOperations>[Name]>>;
};

const pageSize = 500;

/** Walks over whole tables, a page at a time, so that other reads get their turn. */
export function contentsOf(paged: Paged): StoreContents {
  async function* walk<Item, Key>(
    pageAfter: (key: Key, limit: number) => Promise<readonly Item[]>,
    keyOf: (item: Item) => Key,
    first: Key,
  ): AsyncGenerator<Item> {
    let after = first;
    for (;;) {
      const page = await pageAfter(after, pageSize);
      yield* page;
      const last = page.at(-1);
      if (last === undefined) return;
      after = keyOf(last);
    }
  }
  return {
    streams: () => walk(paged.streamsAfter, (id): string => id, ''),
    accounts: () => walk(paged.accountsAfter, ({ id }): string => id, ''),
    sessions: () => walk(paged.sessionsAfter, ({ id }) => id, ''),
    invites: () => walk(paged.invitesAfter, ({ code }) => code, ''),
    directory: () => walk(paged.directoryAfter, ({ conversation }): string => conversation, ''),
    documents: () => walk(paged.documentsAfter, ({ kind, owner, key }) => [kind, owner, key] as const, ['', '', '']),
  };
}
