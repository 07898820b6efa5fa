import type { Append, MovableStore } from '../port.ts';
import { Checkpoints } from './checkpoints.ts';
import { compact } from './compact.ts';
import { Connection } from './connection.ts';
import { contentsOf } from './contents.ts';
import { GroupCommit } from './group-commit.ts';
import { type OperationName, type Operations, writes } from './requests.ts';

export interface SqliteStoreOptions {
  /** The database file; its folder must exist. */
  readonly path: string;
  /** For tests of a full disk: SQLite refuses to grow beyond so many pages of 4 KiB. */
  readonly maxPages?: number;
}

type Asynchronous<Methods> = {
  [Name in keyof Methods]: Methods[Name] extends (...args: infer Args) => infer Result
    ? (...args: Args) => Promise<Result>
    : never;
};

const names: readonly OperationName[] = [
  'append',
  'load',
  'head',
  'read',
  'findByCid',
  'messages',
  'messagesAt',
  'countUnread',
  'putDirectoryEntry',
  'listChannels',
  'createAccount',
  'accountById',
  'accountsById',
  'accountByName',
  'findAccounts',
  'updateAccount',
  'renameAccount',
  'hasAccounts',
  'createSession',
  'sessionByTokenHash',
  'sessionsOf',
  'touchSession',
  'deleteSession',
  'sessionsEnded',
  'createInvite',
  'inviteByCode',
  'invitesOf',
  'useInvite',
  'returnInvite',
  'deleteInvite',
  'putDocument',
  'document',
  'documents',
  'deleteDocument',
  'streamsAfter',
  'accountsAfter',
  'sessionsAfter',
  'invitesAfter',
  'directoryAfter',
  'documentsAfter',
  'check',
];

/**
 * The store on SQLite, off the main thread: one worker writes, all that waits in one transaction and one fsync; another
 * reads, so that reads never wait for the disk; a third carries the log into the file, so that writes do not wait for that.
 * Rejects with an Error fit for an operator when the file cannot be opened, is in use, or comes from a newer version.
 */
export async function openSqliteStore(options: SqliteStoreOptions): Promise<MovableStore> {
  const commits = new GroupCommit(() => performance.now());
  const writer = await Connection.open({ ...options, role: 'writer' }, commits);
  const reader = await Connection.open({ ...options, role: 'reader' }).catch(async (error: unknown) => {
    await writer.close();
    throw error;
  });
  const checkpoints = new Checkpoints(writer, () => Connection.open({ ...options, role: 'checkpointer' }));
  const written: Carrier = {
    request(name, args) {
      checkpoints.note(1);
      return writer.request(name, args);
    },
    async close() {
      await checkpoints.close();
      await writer.close();
    },
  };
  return storeOver(written, reader, (events) => {
    commits.note(events);
    checkpoints.note(events);
  });
}

/** What carries operations out: a worker of this process, or another process. */
export interface Carrier {
  request(name: OperationName, args: readonly unknown[]): Promise<unknown>;
  close(): Promise<void>;
}

/**
 * The port over one who writes and one who reads.
 * @param appending is told how many events are about to be appended
 */
export function storeOver(writer: Carrier, reader: Carrier, appending?: (events: number) => void): MovableStore {
  const operations = Object.fromEntries(
    names.map((name) => {
      const connection = writes.has(name) ? writer : reader;
      return [name, (...args: readonly unknown[]) => connection.request(name, args)];
    }),
  ) as unknown as Asynchronous<Operations>;
  return {
    ...operations,
    append(append: Append) {
      appending?.(append.events.length);
      return operations.append(compact(append));
    },
    contents: () => contentsOf(operations),
    async close() {
      await reader.close();
      await writer.close();
    },
  };
}
