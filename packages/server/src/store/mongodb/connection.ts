import { ParleyError } from '@parley/protocol';
import {
  type Collection,
  type Db,
  type Filter,
  MongoBulkWriteError,
  MongoClient,
  MongoError,
  MongoServerError,
  type UpdateFilter,
} from 'mongodb';
import { certificateFault } from '../../engine-tls.ts';
import { EngineError } from '../../patience.ts';
import { answered } from './answered.ts';

/** One append, whole and for good: it is written once and never changed. */
export interface BatchDocument {
  /** `stream/after`: one append can follow a head, and no second one. */
  readonly _id: string;
  readonly stream: string;
  /** The last seq. */
  readonly to: number;
  readonly events: readonly string[];
  readonly rows: readonly string[];
}
export interface MessageDocument {
  /** `stream/seq` */
  readonly _id: string;
  readonly stream: string;
  readonly seq: number;
  /** The root's seq; 0 outside threads. */
  readonly thread: number;
  /** See `versioned`. */
  readonly row: string;
}
export interface StreamDocument {
  readonly _id: string;
  /** What a batch of the stream comes after: not its last one, perhaps, but a late one. */
  readonly after: number;
}
export interface CommandDocument {
  /** `stream/actor/cid` */
  readonly _id: string;
  readonly stream: string;
  readonly seq: number;
}
export interface SnapshotDocument {
  readonly _id: string;
  /** `versioned`: the seq, then the number of parts. */
  readonly newest: string;
}
export interface SnapshotPartDocument {
  /** `stream/seq/part` */
  readonly _id: string;
  readonly state: string;
}
export interface AccountDocument {
  readonly _id: string;
  readonly nameKey: string;
  readonly words: readonly string[];
  readonly name: string;
  readonly displayName: string;
  readonly color: number;
  readonly status: string;
  readonly serverRole: string;
  readonly createdAt: number;
  readonly passwordHash?: string;
  readonly lastSeenAt?: number;
}
export interface NameDocument {
  readonly _id: string;
  readonly account: string;
}
export interface SessionDocument {
  /** The hash of the token. */
  readonly _id: string;
  readonly id: string;
  readonly user: string;
  readonly device: string;
  readonly createdAt: number;
  readonly lastUsedAt: number;
  readonly expiresAt: number;
}
export interface SessionEndedDocument {
  /** The session's id. */
  readonly _id: string;
  readonly at: number;
}
export interface InviteDocument {
  readonly _id: string;
  readonly createdBy: string;
  readonly expiresAt: number;
  readonly uses: number;
  readonly conversation?: string;
}
export interface InviteUseDocument {
  /** `code/number` */
  readonly _id: string;
  readonly code: string;
  readonly number: number;
}
export interface DirectoryDocument {
  /** `conversation/seq` */
  readonly _id: string;
  readonly conversation: string;
  readonly seq: number;
  readonly kind: string;
  readonly entry: string;
}
/** One change of a small document. */
export interface ChangeDocument {
  /** `list`, `key` and `no`, a line each. */
  readonly _id: string;
  /** The kind and the owner, a line each. */
  readonly list: string;
  readonly key: string;
  /** Counts changes of this key, deletions too. */
  readonly no: number;
  /** 0 when it says that the document is gone. */
  readonly version: number;
  readonly body: string;
  readonly goneAt?: number;
}
export interface VersionDocument {
  readonly _id: number;
  readonly at?: number;
}

export interface Collections {
  readonly batch: Collection<BatchDocument>;
  readonly message: Collection<MessageDocument>;
  readonly stream: Collection<StreamDocument>;
  readonly command: Collection<CommandDocument>;
  readonly snapshot: Collection<SnapshotDocument>;
  readonly snapshotPart: Collection<SnapshotPartDocument>;
  readonly account: Collection<AccountDocument>;
  readonly name: Collection<NameDocument>;
  readonly session: Collection<SessionDocument>;
  readonly sessionEnded: Collection<SessionEndedDocument>;
  readonly invite: Collection<InviteDocument>;
  readonly inviteUse: Collection<InviteUseDocument>;
  readonly directory: Collection<DirectoryDocument>;
  readonly change: Collection<ChangeDocument>;
  readonly schema: Collection<VersionDocument>;
}

/** Every collection reads and writes what a majority has: what was acknowledged outlives any one server. */
export function collectionsOf(db: Db): Collections {
  const of = <Document extends { readonly _id: unknown }>(name: string): Collection<Document> =>
    db.collection<Document>(name, {
      readConcern: { level: 'majority' },
      writeConcern: { w: 'majority' },
      readPreference: 'primary',
      // Undefined fields are left out, as JSON does.
      ignoreUndefined: true,
    });
  return {
    batch: of('batch'),
    message: of('message'),
    stream: of('stream'),
    command: of('command'),
    snapshot: of('snapshot'),
    snapshotPart: of('snapshot_part'),
    account: of('account'),
    name: of('name'),
    session: of('session'),
    sessionEnded: of('session_ended'),
    invite: of('invite'),
    inviteUse: of('invite_use'),
    directory: of('directory'),
    change: of('change'),
    schema: of('schema'),
  };
}

/** What an address does not say itself. A server on the same network answers within milliseconds. */
const defaults = {
  serverSelectionTimeoutMS: 3_000,
  connectTimeoutMS: 3_000,
  socketTimeoutMS: 5_000,
  maxPoolSize: 50,
  waitQueueTimeoutMS: 5_000,
  appName: 'parley',
} as const;

/**
 * Opens a client. Rejects with the driver's error when no server can be reached.
 * @param url MongoDB's own connection string, the database in its path
 * @throws EngineError for wrong credentials, or a connection string that makes no sense
 */
export async function connect(url: string): Promise<{ client: MongoClient; db: Db }> {
  const said = url.toLowerCase();
  const options = Object.fromEntries(
    Object.entries(defaults).filter(([name]) => !new RegExp(`[?&]${name.toLowerCase()}=`).test(said)),
  );
  const [, name = ''] = /^[^/]+:\/\/[^/]+\/([^?]*)/.exec(url) ?? [];
  if (!/^[A-Za-z0-9_-]{1,60}$/.test(name))
    throw new EngineError(`“${name}” is no name of a database. The address ends with one: mongodb://host/parley.`);
  const client = clientOf(url, options);
  try {
    await client.connect();
    return { client, db: client.db(name) };
  } catch (error) {
    await client.close();
    if (error instanceof MongoServerError && (error.code === 18 || /authenticat/i.test(error.message)))
      throw new EngineError(
        `MongoDB refuses these credentials: ${error.message}. The address takes mongodb://user:password@host/parley.`,
        { cause: error },
      );
    const fault = certificateFault(error, 'tlsCAFile');
    if (fault !== undefined) throw new EngineError(`MongoDB ${fault}`, { cause: error });
    throw error;
  }
}

function clientOf(url: string, options: object): MongoClient {
  try {
    return new MongoClient(url, options);
  } catch (cause) {
    throw new EngineError(`MongoDB: ${cause instanceof Error ? cause.message : String(cause)}.`, { cause });
  }
}

export const duplicateKey = 11_000;
/** Codes that say that the server, not the request, is at fault: elections, shut-downs, cursors that went with one, time-outs, missing majorities. */
const unavailableCodes = new Set([
  6, 7, 24, 43, 50, 64, 79, 89, 91, 100, 112, 133, 189, 202, 262, 9_001, 10_107, 11_600, 11_601, 11_602, 13_435, 13_436,
]);

/** Whether the server answered, and that the request is wrong: asking again would not help. */
export const isMistake = (error: unknown): boolean =>
  error instanceof MongoServerError && !isBulkUnanswered(error) && !unavailableCodes.has(Number(error.code ?? 0));

/** Of what is sent in bulk, the driver tells a connection's end as if the server had said it. */
const isBulkUnanswered = (error: MongoServerError): boolean =>
  error instanceof MongoBulkWriteError && typeof error.code !== 'number';

/** The driver hands on some of a socket's errors as they are. */
const isOfSocket = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && /^(E[A-Z]+|ERR_STREAM_\w+)$/.test(String(error.code));

const isDuplicate = (error: unknown): error is MongoServerError =>
  error instanceof MongoServerError && error.code === duplicateKey;

/** An update that makes the document where there is none. Of two that make it at once, one may be told of the other: it is there. */
export async function put<Document extends { readonly _id: unknown }>(
  collection: Collection<Document>,
  filter: Filter<Document>,
  update: UpdateFilter<Document>,
): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      await answered(() => collection.updateOne(filter, update, { upsert: true }));
      return;
    } catch (error) {
      if (!isDuplicate(error) || attempt > 1) throw readable(error);
    }
  }
}

/** Runs an operation; what cannot be answered rejects with `unavailable`, what is wrong with the driver's error. */
export async function ask<Result>(operation: () => Promise<Result>): Promise<Result> {
  try {
    return await answered(operation);
  } catch (error) {
    throw readable(error);
  }
}

/** What cannot be answered becomes `unavailable`; what is wrong stays the driver's error. */
export function readable(error: unknown): unknown {
  if (!isOfSocket(error) && (!(error instanceof MongoError) || isMistake(error))) return error;
  return new ParleyError('unavailable', { retryAfterMs: 1_000, cause: error });
}

/** Adds a document; false when there is one with that key. The one atomic step that everything that happens once rests on. */
export async function add<Document extends { readonly _id: string }>(
  collection: Collection<Document>,
  document: Document,
): Promise<boolean> {
  try {
    // The driver's type wants to know whether `_id` is given; it is.
    await answered(() => collection.insertOne(document as Parameters<typeof collection.insertOne>[0]));
    return true;
  } catch (error) {
    if (isDuplicate(error)) return false;
    throw readable(error);
  }
}

/** Adds those documents whose keys are free. */
export async function addMissing<Document extends { readonly _id: string }>(
  collection: Collection<Document>,
  documents: readonly Document[],
): Promise<void> {
  if (documents.length === 0) return;
  try {
    await answered(() =>
      collection.insertMany(documents as Parameters<typeof collection.insertMany>[0], { ordered: false }),
    );
  } catch (error) {
    if (isDuplicate(error) && areDuplicates(error)) return;
    throw readable(error);
  }
}

function areDuplicates(error: MongoServerError): boolean {
  const failures: unknown = 'writeErrors' in error ? error.writeErrors : [];
  const list: readonly unknown[] = Array.isArray(failures) ? failures : [failures];
  return list.every(
    (failure) => typeof failure === 'object' && failure !== null && 'code' in failure && failure.code === duplicateKey,
  );
}

const digits = 16;

/**
 * A value that is only ever replaced by a newer one: `$max` compares texts, and the version stands in front. One atomic
 * update without a condition, which is also all that is safe where updates are not atomic.
 */
export const versioned = (version: number, value: string): string =>
  `${String(version).padStart(digits, '0')} ${value}`;
export const versionOf = (text: string): number => Number(text.slice(0, digits));
export const valueOf = (text: string): string => text.slice(digits + 1);
