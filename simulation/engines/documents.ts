import type { Document, DocumentRange } from '../../packages/server/src/store/documents.ts';

type Place = Pick<Document, 'kind' | 'owner' | 'key'>;
const placeOf = ({ kind, owner, key }: Place): string => `${kind} ${owner} ${key}`;

/** The store's small documents, each operation atomic. Here they hold the data keys. */
export class Documents {
  readonly #kept = new Map<string, Document>();

  put(document: Omit<Document, 'version'>, expected: number): boolean {
    const known = this.#kept.get(placeOf(document));
    if ((known?.version ?? 0) !== expected) return false;
    this.#kept.set(placeOf(document), { ...document, version: expected + 1 });
    return true;
  }

  get(place: Place): Document | undefined {
    return this.#kept.get(placeOf(place));
  }

  list(kind: string, owner: string, { beyond, direction, limit }: DocumentRange): readonly Document[] {
    const sign = direction === 'forward' ? 1 : -1;
    const isWithin = (key: string): boolean => beyond === undefined || (sign > 0 ? key > beyond : key < beyond);
    return [...this.#kept.values()]
      .filter((document) => document.kind === kind && document.owner === owner && isWithin(document.key))
      .toSorted((a, b) => (a.key < b.key ? -sign : sign))
      .slice(0, limit);
  }

  delete(place: Place, expected: number | undefined): boolean {
    const known = this.#kept.get(placeOf(place));
    if (known === undefined || (expected !== undefined && known.version !== expected)) return false;
    return this.#kept.delete(placeOf(place));
  }
}
