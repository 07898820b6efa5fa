import { checkDocument, type DocumentStore, documentOfRow } from '../documents.ts';
import type { Connection } from './connection.ts';

/**
 * Small documents: each a row that only conditional writes change, read at the strongest level. Those of one owner share
 * a partition, in the order of their keys, and so an agreement: what is written often wants an owner of its own.
 */
export function documentOperations(connection: Connection): DocumentStore {
  return {
    async putDocument(document, expected) {
      checkDocument(document);
      const { kind, owner, key, body } = document;
      const { isApplied } = await connection.runIf(
        expected === 0
          ? {
              query: 'INSERT INTO document (kind, owner, key, version, body) VALUES (?, ?, ?, 1, ?) IF NOT EXISTS',
              params: [kind, owner, key, body],
            }
          : {
              query:
                'UPDATE document SET version = ?, body = ? WHERE kind = ? AND owner = ? AND key = ? IF version = ?',
              params: [expected + 1, body, kind, owner, key, expected],
            },
      );
      return isApplied;
    },
    async document(kind, owner, key) {
      const query = 'SELECT * FROM document WHERE kind = ? AND owner = ? AND key = ?';
      const row = await connection.settled(query, kind, owner, key);
      return row === undefined ? undefined : documentOfRow(row);
    },
    async documents(kind, owner, { beyond, direction, limit }) {
      const [sign, order] = direction === 'forward' ? ['>', 'ASC'] : ['<', 'DESC'];
      const bound = beyond === undefined ? '' : `AND key ${sign} ?`;
      const rows = await connection.all(
        `SELECT * FROM document WHERE kind = ? AND owner = ? ${bound} ORDER BY key ${order} LIMIT ?`,
        kind,
        owner,
        ...(beyond === undefined ? [] : [beyond]),
        limit,
      );
      return rows.map(documentOfRow);
    },
    async deleteDocument(kind, owner, key, expected) {
      const { isApplied } = await connection.runIf({
        query: `DELETE FROM document WHERE kind = ? AND owner = ? AND key = ? IF ${expected === undefined ? 'EXISTS' : 'version = ?'}`,
        params: [kind, owner, key, ...(expected === undefined ? [] : [expected])],
      });
      return isApplied;
    },
  };
}
