import { ParleyError } from '@parley/protocol';
import type { Document, DocumentStore } from '../../src/store/documents.ts';

/** Documents in memory, as the port promises them, with a switch that makes the engine fall silent. */
export class MemoryDocuments implements DocumentStore {
  readonly kept = new Map<string, Document>();
  isDown = false;

  async putDocument(document: Omit<Document, 'version'>, expected: number): Promise<boolean> {
    this.#answer();
    const known = this.kept.get(placeOf(document));
    if ((known?.version ?? 0) !== expected) return false;
    this.kept.set(placeOf(document), { ...document, version: expected + 1 });
    return true;
  }

  async document(kind: string, owner: string, key: string): Promise<Document | undefined> {
    this.#answer();
    return this.kept.get(placeOf({ kind, owner, key }));
  }

  async documents(
    kind: string,
    owner: string,
    { beyond, direction, limit }: Parameters<DocumentStore['documents']>[2],
  ): Promise<readonly Document[]> {
    this.#answer();
    const sign = direction === 'forward' ? 1 : -1;
    return [...this.kept.values()]
      .filter((document) => document.kind === kind && document.owner === owner)
      .filter(({ key }) => beyond === undefined || (direction === 'forward' ? key > beyond : key < beyond))
      .toSorted((a, b) => (a.key < b.key ? -sign : sign))
      .slice(0, limit);
  }

  async deleteDocument(kind: string, owner: string, key: string, expected?: number): Promise<boolean> {
    this.#answer();
    const known = this.kept.get(placeOf({ kind, owner, key }));
    if (known === undefined || (expected !== undefined && known.version !== expected)) return false;
    return this.kept.delete(placeOf(known));
  }

  #answer(): void {
    if (this.isDown) throw new ParleyError('unavailable');
  }
}

const placeOf = ({ kind, owner, key }: Pick<Document, 'kind' | 'owner' | 'key'>): string => `${kind} ${owner} ${key}`;
