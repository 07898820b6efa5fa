import { existsSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { ParleyError } from '@parley/protocol';
import { EngineError } from '../../patience.ts';
import type { Document, DocumentRange, DocumentStore } from '../documents.ts';
import { documentOperations } from './documents.ts';
import { schemaVersion } from './schema.ts';

/** A server that commits a large batch holds the file for less than this. */
const timeoutMs = 10_000;

/**
 * The documents of a database that a server may have open: each is read and changed in a transaction of its own, and the server
 * remembers none. Everything else in the file is the server's alone.
 * @throws EngineError when there is no database, or of another version
 */
export async function openSqliteDocuments(path: string): Promise<DocumentStore & { close(): Promise<void> }> {
  if (!existsSync(path)) throw new EngineError(`There is no database ${path}. Is --data, or --store, the server's?`);
  const db = new DatabaseSync(path, { timeout: timeoutMs });
  const version = Number(db.prepare('PRAGMA user_version').get()?.['user_version']);
  if (version !== schemaVersion) {
    db.close();
    throw new EngineError(
      `${path} has schema ${version}; this command knows ${schemaVersion}. Start this version's server once, or use the command of the server's version.`,
    );
  }
  db.exec('PRAGMA synchronous = FULL');
  const operations = documentOperations(db);
  const answer = async <Result>(work: () => Result): Promise<Result> => {
    try {
      return work();
    } catch (cause) {
      throw new ParleyError('unavailable', { cause });
    }
  };
  return {
    putDocument: (document: Omit<Document, 'version'>, expected: number) =>
      answer(() => operations.putDocument(document, expected)),
    document: (kind: string, owner: string, key: string) => answer(() => operations.document(kind, owner, key)),
    documents: (kind: string, owner: string, range: DocumentRange) =>
      answer(() => operations.documents(kind, owner, range)),
    deleteDocument: (kind: string, owner: string, key: string, expected?: number) =>
      answer(() => operations.deleteDocument(kind, owner, key, expected)),
    close: async () => db.close(),
  };
}
