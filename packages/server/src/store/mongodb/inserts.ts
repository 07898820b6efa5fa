import { type Collection, MongoBulkWriteError } from 'mongodb';
import { answered } from './answered.ts';
import { duplicateKey, readable } from './connection.ts';

/** Commands under way on a collection: one that the server carries out, and the next already on its way. */
const maxUnderWay = 2;
/** What one command carries: MongoDB takes 48 MB, and a unit is at most 3 bytes of UTF-8. */
const maxDocuments = 1_000;
const maxWeight = 4_000_000;

interface Waiting<Document> {
  readonly document: Document;
  /** In UTF-16 units, roughly. */
  readonly weight: number;
  readonly resolve: (isNew: boolean) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Adds documents to one collection: what comes while commands are under way waits, and goes as one. So the number of
 * commands, and of writes to disk, grows with how fast the server answers, not with how many streams are busy. An idle
 * collection adds no delay.
 */
export class Inserts<Document extends { readonly _id: string }> {
  readonly #collection: Collection<Document>;
  readonly #weightOf: (document: Document) => number;
  readonly #waiting: Waiting<Document>[] = [];
  #underWay = 0;

  constructor(collection: Collection<Document>, weightOf: (document: Document) => number) {
    this.#collection = collection;
    this.#weightOf = weightOf;
  }

  /**
   * False when there is one with that key already: what `add` does, for many at once. Rejects when the outcome is unknown.
   */
  add(document: Document): Promise<boolean> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ document, weight: this.#weightOf(document), resolve, reject });
      this.#run();
    });
  }

  /** Adds those documents whose keys are free. */
  async addMissing(documents: readonly Document[]): Promise<void> {
    await Promise.all(documents.map((document) => this.add(document)));
  }

  #run(): void {
    if (this.#underWay >= maxUnderWay || this.#waiting.length === 0) return;
    this.#underWay++;
    // What the rest of this turn adds goes along.
    setImmediate(() => {
      void this.#send(this.#next()).finally(() => {
        this.#underWay--;
        this.#run();
      });
    });
  }

  #next(): readonly Waiting<Document>[] {
    let weight = 0;
    const end = this.#waiting.findIndex((waiting, index) => {
      weight += waiting.weight;
      return index >= maxDocuments || (index > 0 && weight > maxWeight);
    });
    return this.#waiting.splice(0, end === -1 ? this.#waiting.length : end);
  }

  async #send(batch: readonly Waiting<Document>[]): Promise<void> {
    // Another command took what this one was begun for.
    if (batch.length === 0) return;
    const collection = this.#collection;
    const documents: readonly Document[] = batch.map(({ document }) => document);
    try {
      // The driver's type wants to know whether `_id` is given; it is.
      await answered(() =>
        collection.insertMany(documents as Parameters<typeof collection.insertMany>[0], { ordered: false }),
      );
      for (const { resolve } of batch) resolve(true);
    } catch (error) {
      const refused = refusalsOf(error);
      for (const [index, { resolve, reject }] of batch.entries()) {
        const refusal = refused?.get(index);
        if (refused === undefined || refusal === 'failed') reject(readable(error));
        else resolve(refusal !== 'duplicate');
      }
    }
  }
}

/**
 * What became of those that were not added, by their place; the others are stored as durably as was asked for.
 * `undefined` when the server did not say so.
 */
function refusalsOf(error: unknown): Map<number, 'duplicate' | 'failed'> | undefined {
  if (!(error instanceof MongoBulkWriteError) || error.result.getWriteConcernError() !== undefined) return undefined;
  const failures = Array.isArray(error.writeErrors) ? error.writeErrors : [error.writeErrors];
  if (failures.length === 0) return undefined;
  return new Map(failures.map(({ index, code }) => [index, code === duplicateKey ? 'duplicate' : 'failed']));
}
