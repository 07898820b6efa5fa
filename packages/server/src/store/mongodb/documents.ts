import { ParleyError } from '@parley/protocol';
import { checkDocument, type Document, type DocumentStore } from '../documents.ts';
import { add, ask, type ChangeDocument, type Collections } from './connection.ts';

/** Changes of a document that are left when newer ones are made: as many may come between a writer's look and its own. */
const kept = 4;
/** How long a deletion is remembered: far longer than a writer that has not heard of it can be under way. */
const goneKnownMs = 3_600_000;
/** Attempts to delete what others change meanwhile. */
const maxAttempts = 20;

/** In no name, so that no two documents share a key. */
const separator = '\n';
const listOf = (kind: string, owner: string): string => `${kind}${separator}${owner}`;

/**
 * Small documents. Each change, a deletion too, is added under the number after the newest: of writers who have seen the
 * same, one can add it. The highest number says how the document stands. See `docs/decisions/0013-mongodb-append.md`.
 */
export function documentOperations({ change: changes }: Collections): DocumentStore {
  const newest = (list: string, key: string): Promise<ChangeDocument | null> =>
    ask(() => changes.findOne({ list, key }, { sort: { key: -1, no: -1 } }));

  /** Looks at how a document stands and adds what is made of it; false when that is nothing, or somebody else was first. */
  const change = async (
    list: string,
    key: string,
    made: (version: number) => Pick<ChangeDocument, 'version' | 'body' | 'goneAt'> | undefined,
  ): Promise<'added' | 'refused' | 'overtaken'> => {
    const began = performance.now();
    const former = await newest(list, key);
    const after = made(former?.version ?? 0);
    if (after === undefined) return 'refused';
    const no = (former?.no ?? 0) + 1;
    const id = [list, key, no].join(separator);
    if (!(await add(changes, { _id: id, list, key, no, ...after }))) return 'overtaken';
    const last = await newest(list, key);
    if ((last?.no ?? 0) >= no + kept || performance.now() - began > goneKnownMs / 2) {
      // Its number may have been taken and swept before: whether this change counted, nobody knows any more.
      await ask(() => changes.deleteOne({ _id: id }));
      throw new ParleyError('unavailable', { retryAfterMs: 1_000 });
    }
    if (no > kept) await ask(() => changes.deleteMany({ list, key, no: { $lte: no - kept } }));
    return 'added';
  };

  return {
    async putDocument(document, expected) {
      checkDocument(document);
      const { kind, owner, key, body } = document;
      const made = (version: number) => (version === expected ? { version: version + 1, body } : undefined);
      return (await change(listOf(kind, owner), key, made)) === 'added';
    },
    async document(kind, owner, key) {
      const found = await newest(listOf(kind, owner), key);
      return found === null ? undefined : documentOf(found);
    },
    async documents(kind, owner, { beyond, direction, limit }) {
      const bound = beyond === undefined ? {} : { key: direction === 'forward' ? { $gt: beyond } : { $lt: beyond } };
      const sign = direction === 'forward' ? 1 : -1;
      const found: Document[] = [];
      const cursor = changes.find({ list: listOf(kind, owner), ...bound }).sort({ key: sign, no: sign });
      for await (const document of documentsOf(() => ask(() => cursor.next()))) {
        if (found.length < limit) found.push(document);
        if (found.length >= limit) break;
      }
      await ask(() => cursor.close());
      return found;
    },
    async deleteDocument(kind, owner, key, expected) {
      const goneAt = Date.now();
      const made = (version: number) =>
        version === 0 || version !== (expected ?? version) ? undefined : { version: 0, body: '', goneAt };
      for (let attempt = 1; attempt <= maxAttempts; attempt++) {
        const outcome = await change(listOf(kind, owner), key, made);
        if (outcome === 'added') {
          await ask(() => changes.deleteMany({ goneAt: { $lt: goneAt - goneKnownMs } }));
          return true;
        }
        if (outcome === 'refused' || expected !== undefined) return false;
      }
      throw new ParleyError('unavailable', { retryAfterMs: 1_000 });
    },
  };
}

/** Documents as they stand, of changes that come document by document. */
export async function* documentsOf(next: () => Promise<ChangeDocument | null>): AsyncGenerator<Document> {
  let newest: ChangeDocument | undefined;
  for (;;) {
    const change = await next();
    const isSame = newest?.list === change?.list && newest?.key === change?.key;
    const document = newest === undefined || isSame ? undefined : documentOf(newest);
    if (document !== undefined) yield document;
    if (change === null) return;
    if (newest === undefined || !isSame || change.no > newest.no) newest = change;
  }
}

function documentOf({ list, key, version, body }: ChangeDocument): Document | undefined {
  const [kind = '', owner = ''] = list.split(separator);
  return version === 0 ? undefined : { kind, owner, key, version, body };
}
