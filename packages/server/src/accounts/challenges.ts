import { randomBytes } from 'node:crypto';
import type { Clock } from '../clock.ts';
import type { DocumentStore } from '../store/documents.ts';
import { ServerKey } from './server-key.ts';

/** What a browser gives somebody to find their finger or key. */
const lifeMs = 5 * 60_000;
const timeBytes = 6;
const randomCount = 26;
const macBytes = 16;

/** Challenges for strangers, of which nothing is stored: whoever asks gets as many as they like. Each holds its time and a seal. */
export class Challenges {
  readonly #key: ServerKey;
  readonly #clock: Clock;

  constructor(store: DocumentStore, clock: Clock) {
    this.#key = new ServerKey(store, 'challenges');
    this.#clock = clock;
  }

  async make(): Promise<Uint8Array<ArrayBuffer>> {
    const head = Buffer.alloc(timeBytes + randomCount);
    head.writeUIntBE(this.#clock.now(), 0, timeBytes);
    randomBytes(randomCount).copy(head, timeBytes);
    return new Uint8Array(Buffer.concat([head, await this.#key.seal(head, macBytes)]));
  }

  /** When a challenge was made; `undefined` where it is none of ours, or too old. */
  async madeAt(challenge: string): Promise<number | undefined> {
    const bytes = Buffer.from(challenge, 'base64url');
    if (bytes.length !== timeBytes + randomCount + macBytes) return undefined;
    const head = bytes.subarray(0, -macBytes);
    if (!(await this.#key.isSealed(head, bytes.subarray(-macBytes)))) return undefined;
    const at = head.readUIntBE(0, timeBytes);
    return at + lifeMs > this.#clock.now() ? at : undefined;
  }
}
