import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import type { DocumentStore } from '../store/documents.ts';
import { Shelf } from './shelf.ts';

const kept = z.object({ key: z.string() });

/**
 * A key that all nodes share, made by the first that needs it. What it seals was ours, no more: it lets nobody in, since
 * whoever reads the store has it.
 */
export class ServerKey {
  readonly #shelf: Shelf<typeof kept>;
  readonly #purpose: string;
  #key: Promise<Buffer> | undefined;

  /** @param purpose a word of this code; each has a key of its own */
  constructor(store: DocumentStore, purpose: string) {
    this.#shelf = new Shelf(store, 'server-key', kept);
    this.#purpose = purpose;
  }

  /** A seal of so many bytes for what is told. */
  async seal(told: Uint8Array | string, bytes: number): Promise<Buffer> {
    this.#key ??= this.#load();
    try {
      return createHmac('sha256', await this.#key)
        .update(told)
        .digest()
        .subarray(0, bytes);
    } catch (error) {
      // The store was away: the next one asks again.
      this.#key = undefined;
      throw error;
    }
  }

  async isSealed(told: Uint8Array | string, seal: Uint8Array): Promise<boolean> {
    return timingSafeEqual(seal, await this.seal(told, seal.length));
  }

  async #load(): Promise<Buffer> {
    const key = randomBytes(32).toString('base64');
    if (await this.#shelf.put(this.#purpose, 'current', { key }, 0)) return Buffer.from(key, 'base64');
    const found = await this.#shelf.get(this.#purpose, 'current');
    return found === undefined ? this.#load() : Buffer.from(found.body.key, 'base64');
  }
}
