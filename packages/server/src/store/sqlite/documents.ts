import type { DatabaseSync } from 'node:sqlite';
import { checkDocument, type Document, type DocumentRange, documentOfRow } from '../documents.ts';
import { statement } from './streams.ts';

/** Small documents, on one connection. Synchronous: it runs in a worker. */
export function documentOperations(db: DatabaseSync) {
  return {
    putDocument(document: Omit<Document, 'version'>, expected: number): boolean {
      checkDocument(document);
      const { kind, owner, key, body } = document;
      const sql =
        expected === 0
          ? 'INSERT INTO document (body, kind, owner, key, version) VALUES (?, ?, ?, ?, ? + 1) ON CONFLICT DO NOTHING'
          : 'UPDATE document SET body = ?, version = version + 1 WHERE kind = ? AND owner = ? AND key = ? AND version = ?';
      return statement(db, sql).run(body, kind, owner, key, expected).changes === 1;
    },
    document(kind: string, owner: string, key: string): Document | undefined {
      const sql = 'SELECT * FROM document WHERE kind = ? AND owner = ? AND key = ?';
      const row = statement(db, sql).get(kind, owner, key);
      return row === undefined ? undefined : documentOfRow(row);
    },
    documents(kind: string, owner: string, { beyond, direction, limit }: DocumentRange): Document[] {
      const [sign, order] = direction === 'forward' ? ['>', 'ASC'] : ['<', 'DESC'];
      const bound = beyond === undefined ? '' : `AND key ${sign} ?`;
      const sql = `SELECT * FROM document WHERE kind = ? AND owner = ? ${bound} ORDER BY key ${order} LIMIT ?`;
      const values = beyond === undefined ? [kind, owner] : [kind, owner, beyond];
      return statement(db, sql)
        .all(...values, limit)
        .map(documentOfRow);
    },
    deleteDocument(kind: string, owner: string, key: string, expected?: number): boolean {
      const sql = `DELETE FROM document WHERE kind = ? AND owner = ? AND key = ? ${expected === undefined ? '' : 'AND version = ?'}`;
      const values = expected === undefined ? [kind, owner, key] : [kind, owner, key, expected];
      return statement(db, sql).run(...values).changes === 1;
    },
  };
}
