import type { Document } from '../documents.ts';
import type { MovableStore } from '../port.ts';

/**
 * Brings the target's documents level with the source's: many live for minutes, so what is gone from the source since an
 * earlier run goes from the target too. Versions count anew there: they only order the changes within one store.
 * @throws Error when somebody else writes to the target
 */
export async function copyDocuments(from: MovableStore, to: MovableStore, onDocument: () => void): Promise<void> {
  for await (const { kind, owner, key } of to.contents().documents()) {
    if ((await from.document(kind, owner, key)) === undefined) await to.deleteDocument(kind, owner, key);
  }
  for await (const document of from.contents().documents()) {
    await copyDocument(document, to);
    onDocument();
  }
}

async function copyDocument({ kind, owner, key, body }: Document, to: MovableStore): Promise<void> {
  const known = await to.document(kind, owner, key);
  if (known?.body === body) return;
  if (!(await to.putDocument({ kind, owner, key, body }, known?.version ?? 0)))
    throw new Error(
      `Somebody else writes to the target: the ${kind} ${key} of ${owner} has just changed. Stop them, and begin again.`,
    );
}

/** What is compared of documents. */
export async function* withoutVersions(documents: AsyncIterable<Document>): AsyncGenerator<Omit<Document, 'version'>> {
  for await (const { version: _version, ...rest } of documents) yield rest;
}
