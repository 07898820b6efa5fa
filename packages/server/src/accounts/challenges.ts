import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import type { Clock } from '../clock.ts';
import type { DocumentStore } from '../store/documents.ts';
import { Shelf } from './shelf.ts';

/** What a browser gives somebody to find their finger or key. */
const lifeMs = 5 * 60_000;
const timeBytes = 6;
const randomCount = 26;
const macBytes = 16;

const kept = z.object({ key: z.string() });

/**
 * Challenges for strangers, of which nothing is stored: whoever asks gets as many as they like. Each holds its time and a
 * seal by a key that all nodes share. The seal makes a challenge ours, no more: who has the key still lacks the passkey.
 */
export class Challenges {
  readonly #shelf: Shelf<typeof kept>;
  readonly #clock: Clock;
  #key: Promise<Buffer> | undefined;

  constructor(store: DocumentStore, clock: Clock) {
    this.#shelf = new Shelf(store, 'server-key', kept);
    this.#clock = clock;
  }

  async make(): Promise<Uint8Array<ArrayBuffer>> {
    const head = Buffer.alloc(timeBytes + randomCount);
    head.writeUIntBE(this.#clock.now(), 0, timeBytes);
    randomBytes(randomCount).copy(head, timeBytes);
    return new Uint8Array(Buffer.concat([head, await this.#seal(head)]));
  }

  /** When a challenge was made; `undefined` where it is none of ours, or too old. */
  async madeAt(challenge: string): Promise<number | undefined> {
    const bytes = Buffer.from(challenge, 'base64url');
    if (bytes.length !== timeBytes + randomCount + macBytes) return undefined;
    const head = bytes.subarray(0, -macBytes);
    if (!timingSafeEqual(bytes.subarray(-macBytes), await this.#seal(head))) return undefined;
    const at = head.readUIntBE(0, timeBytes);
    return at + lifeMs > this.#clock.now() ? at : undefined;
  }

  async #seal(head: Uint8Array): Promise<Buffer> {
    this.#key ??= this.#load();
    try {
      return createHmac('sha256', await this.#key)
        .update(head)
        .digest()
        .subarray(0, macBytes);
    } catch (error) {
      // The store was away: the next one asks again.
      this.#key = undefined;
      throw error;
    }
  }

  async #load(): Promise<Buffer> {
    const key = randomBytes(32).toString('base64');
    if (await this.#shelf.put('challenges', 'current', { key }, 0)) return Buffer.from(key, 'base64');
    const found = await this.#shelf.get('challenges', 'current');
    return found === undefined ? this.#load() : Buffer.from(found.body.key, 'base64');
  }
}
