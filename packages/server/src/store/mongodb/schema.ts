import { type Db, MongoServerError } from 'mongodb';
import { EngineError } from '../../patience.ts';
import { ask, type Collections, put } from './connection.ts';

/** Each entry brings a database from version `index` to `index + 1`. Entries are never changed, only added; each may run twice, and on several nodes at once. */
const migrations: readonly ((collections: Collections) => Promise<unknown>)[] = [
  ({ batch, message, account, session, invite, inviteUse, directory }) =>
    Promise.all([
      batch.createIndex({ stream: 1, to: 1 }, { unique: true }),
      message.createIndex({ stream: 1, seq: 1 }, { unique: true }),
      message.createIndex({ stream: 1, thread: 1, seq: 1 }),
      account.createIndex({ nameKey: 1 }),
      account.createIndex({ words: 1 }),
      session.createIndex({ id: 1 }, { unique: true }),
      session.createIndex({ user: 1 }),
      invite.createIndex({ createdBy: 1 }),
      inviteUse.createIndex({ code: 1 }),
      directory.createIndex({ conversation: 1 }),
      directory.createIndex({ kind: 1 }),
    ]),
  ({ sessionEnded }) => whereKnown(sessionEnded.createIndex({ at: 1 })),
  ({ change }) =>
    Promise.all([
      change.createIndex({ list: 1, key: 1, no: 1 }, { unique: true }),
      whereKnown(change.createIndex({ goneAt: 1 }, { sparse: true })),
    ]),
];

export const schemaVersion = migrations.length;
const unauthorized = 13;
const notImplemented = 238;

/** Expiry only tidies up, and FerretDB 1 has none. */
async function whereKnown(making: Promise<unknown>): Promise<void> {
  await making.catch((error: unknown) => {
    if (!(error instanceof MongoServerError && error.code === notImplemented)) throw error;
  });
}

/**
 * Brings a database to today's indexes.
 * @throws EngineError for missing rights, or a newer schema
 */
export async function migrate(db: Db, collections: Collections): Promise<void> {
  try {
    const steps = await ask(() => collections.schema.find().toArray());
    const version = Math.max(0, ...steps.map(({ _id }) => _id));
    if (version > schemaVersion)
      throw new EngineError(
        `Database ${db.databaseName} was written by a newer version of Parley (schema ${version}; this one knows ${schemaVersion}). Start that version.`,
      );
    for (const [index, step] of migrations.slice(version).entries()) {
      await step(collections);
      await put(collections.schema, { _id: version + index + 1 }, { $set: { at: Date.now() } });
    }
  } catch (error) {
    if (error instanceof MongoServerError && error.code === unauthorized)
      throw new EngineError(
        `This user may not do what Parley needs in database ${db.databaseName}: ${error.message}. Grant it readWrite on it.`,
        { cause: error },
      );
    throw error;
  }
}
