import type { contentOperations } from './contents.ts';
import type { documentOperations } from './documents.ts';
import type { recordOperations } from './records.ts';
import type { streamOperations } from './streams.ts';

/** Every operation a worker carries out, by name. */
export type Operations = ReturnType<typeof streamOperations> &
  ReturnType<typeof recordOperations> &
  ReturnType<typeof documentOperations> &
  ReturnType<typeof contentOperations> & {
    check(): void;
    /** Whether there was enough in the log to write it into the file. The checkpointer's. */
    checkpoint(): boolean;
  };
export type OperationName = keyof Operations;

/** Those that change something: they go to the one writer, all others to the reader. */
export const writes: ReadonlySet<OperationName> = new Set<OperationName>([
  'append',
  'putDirectoryEntry',
  'createAccount',
  'updateAccount',
  'renameAccount',
  'createSession',
  'touchSession',
  'deleteSession',
  'createInvite',
  'useInvite',
  'returnInvite',
  'deleteInvite',
  'putDocument',
  'deleteDocument',
  'check',
]);

export interface Request {
  readonly id: number;
  readonly name: OperationName;
  readonly args: readonly unknown[];
}

/** Besides requests: to end, and, to the writer, that all but little of the log is in the file. */
export type ToWorker = readonly Request[] | 'close' | 'checkpointed';

export type Answer =
  | { readonly id: number; readonly result: unknown }
  | { readonly id: number; readonly failure: { readonly isUnavailable: boolean; readonly message: string } };

/** What a worker is started with. */
export interface WorkerOptions {
  readonly path: string;
  readonly role: 'writer' | 'reader' | 'checkpointer';
  /** For tests of a full disk: SQLite refuses to grow beyond so many pages. */
  readonly maxPages?: number;
}

/** The first message of a worker: that it is ready, or why it cannot be. */
export type Started = { readonly ok: true } | { readonly ok: false; readonly message: string };
