import type { StreamId } from '@parley/protocol';
import type { FindCursor } from 'mongodb';
import type { StoreContents } from '../port.ts';
import { accountOf } from './accounts.ts';
import { keyOf } from './chain.ts';
import { ask, type Collections } from './connection.ts';
import { documentsOf } from './documents.ts';
import { codeOf, inviteOf, newestOf, sessionOf } from './records.ts';

/** Walks over whole collections. */
export function contentsOf(collections: Collections): StoreContents {
  async function* each<Document>(cursor: FindCursor<Document>): AsyncGenerator<Document> {
    try {
      for (;;) {
        const document = await ask(() => cursor.next());
        if (document === null) return;
        yield document;
      }
    } finally {
      await ask(() => cursor.close());
    }
  }
  return {
    async *streams() {
      for await (const { _id } of each(collections.stream.find())) {
        // Listed before it began; it may not have.
        const begun = await ask(() => collections.batch.findOne({ _id: keyOf(_id as StreamId, 0) }));
        if (begun !== null) yield _id as StreamId;
      }
    },
    async *accounts() {
      for await (const document of each(collections.account.find())) yield accountOf(document);
    },
    async *sessions() {
      for await (const document of each(collections.session.find())) yield sessionOf(document);
    },
    async *invites() {
      for await (const document of each(collections.invite.find())) {
        const uses = await ask(() => collections.inviteUse.find({ code: codeOf(document) }).toArray());
        yield inviteOf(document, uses.length);
      }
    },
    async *directory() {
      yield* newestOf(await ask(() => collections.directory.find().toArray()));
    },
    async *documents() {
      const cursor = collections.change.find().sort({ list: 1, key: 1, no: 1 });
      try {
        yield* documentsOf(() => ask(() => cursor.next()));
      } finally {
        await ask(() => cursor.close());
      }
    },
  };
}
