import { createHash } from 'node:crypto';
import type { Document, DocumentStore } from '../store/documents.ts';

/** Keys and erasures as they lie in the store. */
export const keyKind = 'data-key';
export const erasureKind = 'key-erasure';

/** Keys are spread over so many owners: a document can be listed only by its owner, and every key has to be found by a rotation. */
const owners = 1_024;
const pageSize = 500;
const generationDigits = 8;
const erasureOwner = 'all';
const erasureDigits = 10;

/** A data key as it is stored. */
export interface StoredKey {
  /** Whose texts it seals: a stream, or the server's own. */
  readonly scope: string;
  readonly generation: number;
  /** Absent once erased. */
  readonly wrapped?: string;
  /** Texts it sealed, in lumps (see `DataKeys`). */
  readonly uses: number;
  /** Milliseconds since 1970. */
  readonly madeAt: number;
  readonly erasedAt?: number;
  /** Of its document; 0 where it is not stored yet. */
  readonly version: number;
}

type Body = Omit<StoredKey, 'scope' | 'generation' | 'version'>;

const ownerOf = (scope: string): string => String(createHash('sha256').update(scope).digest().readUInt16BE() % owners);
const keyNameOf = (scope: string, generation: number): string =>
  `${scope}/${String(generation).padStart(generationDigits, '0')}`;

function storedKeyOf({ key, version, body }: Document): StoredKey {
  const slash = key.lastIndexOf('/');
  const known = JSON.parse(body) as Body;
  return { ...known, scope: key.slice(0, slash), generation: Number(key.slice(slash + 1)), version };
}

/** Which data key a wrapped one is: it opens as no other. */
export const contextOf = (scope: string, generation: number): string =>
  `parley data key ${keyNameOf(scope, generation)}`;

/** Data keys, wrapped, as small documents; and the log of erasures that every node follows. */
export class KeyDocuments {
  readonly #documents: DocumentStore;

  constructor(documents: DocumentStore) {
    this.#documents = documents;
  }

  async read(scope: string, generation: number): Promise<StoredKey | undefined> {
    const document = await this.#documents.document(keyKind, ownerOf(scope), keyNameOf(scope, generation));
    return document === undefined ? undefined : storedKeyOf(document);
  }

  /** The key that was made last. */
  async newest(scope: string): Promise<StoredKey | undefined> {
    const beyond = `${scope}/~`;
    const [document] = await this.#documents.documents(keyKind, ownerOf(scope), {
      beyond,
      direction: 'backward',
      limit: 1,
    });
    const stored = document === undefined ? undefined : storedKeyOf(document);
    return stored?.scope === scope ? stored : undefined;
  }

  /** Every generation, ascending. */
  async generations(scope: string): Promise<readonly StoredKey[]> {
    const newest = await this.newest(scope);
    const all = Array.from({ length: newest?.generation ?? 0 }, (_, index) => this.read(scope, index + 1));
    return (await Promise.all(all)).filter((stored) => stored !== undefined);
  }

  /** Writes it where its version still is what is given. False where somebody else wrote first. */
  put({ scope, generation, version, ...body }: StoredKey): Promise<boolean> {
    const document = {
      kind: keyKind,
      owner: ownerOf(scope),
      key: keyNameOf(scope, generation),
      body: JSON.stringify(body satisfies Body),
    };
    return this.#documents.putDocument(document, version);
  }

  async *all(): AsyncGenerator<StoredKey> {
    for (let owner = 0; owner < owners; owner++) yield* this.#ofOwner(String(owner));
  }

  async *#ofOwner(owner: string): AsyncGenerator<StoredKey> {
    let beyond = '';
    for (;;) {
      const page = await this.#documents.documents(keyKind, owner, {
        ...(beyond === '' ? {} : { beyond }),
        direction: 'forward',
        limit: pageSize,
      });
      yield* page.map(storedKeyOf);
      const last = page.at(-1);
      if (last === undefined || page.length < pageSize) return;
      beyond = last.key;
    }
  }

  /** Tells every node that the keys of a scope are gone. */
  async noteErasure(scope: string): Promise<void> {
    for (;;) {
      const number = (await this.newestErasure()) + 1;
      const document = {
        kind: erasureKind,
        owner: erasureOwner,
        key: String(number).padStart(erasureDigits, '0'),
        body: JSON.stringify({ scope }),
      };
      if (await this.#documents.putDocument(document, 0)) return;
    }
  }

  /** The number of the last erasure; 0 before the first. */
  async newestErasure(): Promise<number> {
    const [last] = await this.#documents.documents(erasureKind, erasureOwner, { direction: 'backward', limit: 1 });
    return last === undefined ? 0 : Number(last.key);
  }

  /** What was erased after a number, oldest first. */
  async erasuresAfter(number: number): Promise<readonly { readonly number: number; readonly scope: string }[]> {
    const beyond = String(number).padStart(erasureDigits, '0');
    const range = { beyond, direction: 'forward', limit: pageSize } as const;
    return (await this.#documents.documents(erasureKind, erasureOwner, range)).map(({ key, body }) => ({
      number: Number(key),
      scope: (JSON.parse(body) as { scope: string }).scope,
    }));
  }
}
