import { existsSync, mkdirSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import type { Log } from '../log.ts';
import { EngineError } from '../patience.ts';
import type { DocumentStore } from './documents.ts';
import type { MovableStore } from './port.ts';

/** What every store is opened with, whatever its engine. */
export interface OpenStoreOptions {
  readonly log: Log;
  /** Longest time to wait for an engine that cannot be reached. Default 60 s. */
  readonly startWithinMs?: number;
  /** For tests of a full disk: SQLite refuses to grow beyond so many pages of 4 KiB. */
  readonly maxPages?: number;
}

type Open = (url: string, options: OpenStoreOptions) => Promise<MovableStore>;

const mongodb: Open = async (url, options) => (await import('./mongodb/index.ts')).openMongodbStore(url, options);

/** Loaded when asked for: an embedded start pays for no driver. */
const engines: Readonly<Record<string, Open>> = {
  'sqlite:': openSqlite,
  'cassandra:': async (url, options) => (await import('./cassandra/index.ts')).openCassandraStore(url, options),
  'mongodb:': mongodb,
  'mongodb+srv:': mongodb,
};

/** How the URL of a store may begin. */
export const storeSchemes: readonly string[] = Object.keys(engines);

/** Not for settings: the processes of one server give it to each other. */
const local: Open = async (url) => (await import('./sqlite/remote.ts')).openLocalStore(url);

/**
 * Opens the store that the URL names.
 * @throws EngineError that says which engine, where, and what to do
 */
export async function openStore(url: string, options: OpenStoreOptions): Promise<MovableStore> {
  const [scheme] = url.split(':', 1);
  const open = scheme === 'local' ? local : engines[`${scheme}:`];
  if (open === undefined) throw new EngineError(`There is no store for ${scheme}:. Known: ${storeSchemes.join(', ')}.`);
  return open(url, options);
}

/**
 * The small documents of a store, to work on beside the servers that have it open.
 * @throws EngineError that says which engine, where, and what to do
 */
export async function openDocuments(url: string, options: OpenStoreOptions): Promise<ClosableDocuments> {
  if (!url.startsWith('sqlite:')) return openStore(url, options);
  const { openSqliteDocuments } = await import('./sqlite/document-file.ts');
  return openSqliteDocuments(resolve(url.slice('sqlite:'.length)));
}

export type ClosableDocuments = DocumentStore & Pick<MovableStore, 'close'>;

/**
 * Spreads a store over the shards of its engine, where that has to be asked for: on MongoDB. Cassandra spreads by itself.
 * @returns the collections that are spread, with the field each is spread by
 * @throws EngineError for another engine, or one that has no shards; then nothing is changed
 */
export async function shardStore(url: string): Promise<Readonly<Record<string, string>>> {
  const [scheme = ''] = url.split(':', 1);
  if (/^mongodb(\+srv)?$/.test(scheme)) return (await import('./mongodb/shard.ts')).shardMongodb(url);
  throw new EngineError(
    scheme === 'cassandra'
      ? 'Cassandra spreads by itself: nothing is to be done.'
      : `Only a store on MongoDB is sharded by command, not ${scheme}:.`,
  );
}

/** One folder at a time: where none can be made (`/proc/x`), Node's `recursive` tries for ever. */
function makeFolder(path: string): void {
  if (existsSync(path)) return;
  makeFolder(dirname(path));
  try {
    mkdirSync(path);
  } catch (error) {
    if (!existsSync(path)) throw error;
  }
}

async function openSqlite(url: string, { maxPages }: OpenStoreOptions): Promise<MovableStore> {
  const path = resolve(url.slice('sqlite:'.length));
  try {
    makeFolder(dirname(path));
    const { openSqliteStore } = await import('./sqlite/index.ts');
    return await openSqliteStore({ path, ...(maxPages === undefined ? {} : { maxPages }) });
  } catch (cause) {
    const message = cause instanceof Error ? cause.message : String(cause);
    const isAccess = /EACCES|EROFS|EPERM|ENOTDIR|ENOENT|EEXIST|readonly|unable to open/.test(message);
    throw new EngineError(
      isAccess
        ? `The data folder ${dirname(path)} cannot be written (${message}). Choose another one with --data.`
        : message,
      { cause },
    );
  }
}
