import type { StreamId } from '@parley/protocol';
import { documentOfRow } from '../documents.ts';
import type { StoreContents } from '../port.ts';
import { accountOf } from './accounts.ts';
import { type Connection, type Row, textOf } from './connection.ts';
import { entryOf, inviteOf, sessionOf } from './records.ts';

/** Walks over whole tables, token by token. */
export function contentsOf(connection: Connection): StoreContents {
  async function* read<Item>(query: string, itemOf: (row: Row) => Item | undefined): AsyncGenerator<Item> {
    for await (const row of connection.each(query)) {
      const item = itemOf(row);
      if (item !== undefined) yield item;
    }
  }
  return {
    // Every stream has its first partition; a walk over partitions fetches none of what is in them.
    streams: () =>
      read('SELECT DISTINCT stream, bucket, head FROM entry', (row) =>
        row['bucket'] === 0 && row['head'] !== null ? (String(row['stream']) as StreamId) : undefined,
      ),
    accounts: () =>
      read('SELECT * FROM account', (row) => (textOf(row['name']) === undefined ? undefined : accountOf(row))),
    sessions: () =>
      read('SELECT * FROM session', (row) => (textOf(row['user']) === undefined ? undefined : sessionOf(row))),
    invites: () =>
      read('SELECT * FROM invite', (row) => (textOf(row['created_by']) === undefined ? undefined : inviteOf(row))),
    directory: () => read('SELECT * FROM directory', entryOf),
    documents: () => read('SELECT * FROM document', documentOfRow),
  };
}
