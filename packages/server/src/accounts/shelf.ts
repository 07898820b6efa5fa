import type { z } from 'zod';
import type { DocumentStore } from '../store/documents.ts';

/** A document with its body in the form its kind has. */
export interface Kept<Body> {
  readonly key: string;
  readonly version: number;
  readonly body: Body;
}

const clearedAtOnce = 100;

/** Documents of one kind, whose bodies all have one form. */
export class Shelf<Schema extends z.ZodType> {
  readonly #store: DocumentStore;
  readonly #kind: string;
  readonly #schema: Schema;

  constructor(store: DocumentStore, kind: string, schema: Schema) {
    this.#store = store;
    this.#kind = kind;
    this.#schema = schema;
  }

  async get(owner: string, key: string): Promise<Kept<z.output<Schema>> | undefined> {
    const found = await this.#store.document(this.#kind, owner, key);
    return found && { key, version: found.version, body: this.#schema.parse(JSON.parse(found.body)) };
  }

  /** In the order of their keys; those beyond one, for the next page. */
  async list(owner: string, limit: number, beyond?: string): Promise<readonly Kept<z.output<Schema>>[]> {
    const range = { direction: 'forward', limit, ...(beyond === undefined ? {} : { beyond }) } as const;
    const found = await this.#store.documents(this.#kind, owner, range);
    return found.map(({ key, version, body }) => ({ key, version, body: this.#schema.parse(JSON.parse(body)) }));
  }

  /** Makes it (`expected` 0) or changes it; false, and nothing is changed, when its version is another. */
  put(owner: string, key: string, body: z.input<Schema>, expected: number): Promise<boolean> {
    return this.#store.putDocument({ kind: this.#kind, owner, key, body: JSON.stringify(body) }, expected);
  }

  /** Puts it in the place of whatever is there. */
  async set(owner: string, key: string, body: z.input<Schema>): Promise<void> {
    for (;;) {
      const version = (await this.#store.document(this.#kind, owner, key))?.version ?? 0;
      if (await this.put(owner, key, body, version)) return;
    }
  }

  /** Deletes all of an owner, whatever is in them: they need not be readable. How many there were. */
  async clear(owner: string): Promise<number> {
    let count = 0;
    for (;;) {
      const found = await this.#store.documents(this.#kind, owner, { direction: 'forward', limit: clearedAtOnce });
      const deleted = await Promise.all(found.map(({ key }) => this.delete(owner, key)));
      count += deleted.filter(Boolean).length;
      if (found.length < clearedAtOnce) return count;
    }
  }

  /** Whether there was one. Of many who delete the same version, one hears true: that is how things are used once. */
  delete(owner: string, key: string, expected?: number): Promise<boolean> {
    return this.#store.deleteDocument(this.#kind, owner, key, expected);
  }
}
