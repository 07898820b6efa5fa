import { createCipheriv, createDecipheriv, createSecretKey, type KeyObject, randomFillSync } from 'node:crypto';

const algorithm = 'aes-256-gcm';
export const keyBytes = 32;
const nonceBytes = 12;
const tagBytes = 16;

/** Randomness as a port, so that a simulation can repeat itself: fills a buffer. */
export type Fill = (buffer: Buffer) => void;
export const systemFill: Fill = (buffer) => void randomFillSync(buffer);

/** As a `KeyObject`: a cipher made with raw bytes takes four times as long. */
export const keyOf = (bytes: Buffer): KeyObject => createSecretKey(bytes);

/** Random nonces, drawn many at a time: a call for 12 bytes costs as much as one for 6,144. */
export class Nonces {
  readonly #fill: Fill;
  readonly #drawn = Buffer.alloc(nonceBytes * 512);
  #next = this.#drawn.length;

  constructor(fill: Fill) {
    this.#fill = fill;
  }

  /** Valid until the next but 511. */
  take(): Buffer {
    if (this.#next === this.#drawn.length) {
      this.#fill(this.#drawn);
      this.#next = 0;
    }
    const nonce = this.#drawn.subarray(this.#next, this.#next + nonceBytes);
    this.#next += nonceBytes;
    return nonce;
  }
}

/** AES-256-GCM (NIST SP 800-38D): nonce, ciphertext and tag in one piece. `bound` is what it belongs to and does not hold. */
export function lock(key: KeyObject, nonce: Buffer, bound: string, content: string | Buffer): Buffer {
  const cipher = createCipheriv(algorithm, key, nonce);
  cipher.setAAD(Buffer.from(bound));
  const locked = typeof content === 'string' ? cipher.update(content, 'utf8') : cipher.update(content);
  cipher.final();
  const box = Buffer.allocUnsafe(nonceBytes + locked.length + tagBytes);
  nonce.copy(box, 0);
  locked.copy(box, nonceBytes);
  cipher.getAuthTag().copy(box, nonceBytes + locked.length);
  return box;
}

/** Larger than what nearly every text needs; what does not fit is given a buffer of its own. */
const scratch = Buffer.allocUnsafeSlow(16_384);

/**
 * The same as a string of base64url. A message's text takes this way, so nothing is copied that need not be: what it is
 * bound to, and the box, are put together in one buffer that is used again and again.
 */
export function lockText(key: KeyObject, nonce: Buffer, bound: string, text: string): string {
  const cipher = createCipheriv(algorithm, key, nonce);
  // Three bytes are the most that a unit of a string takes.
  const isShort = bound.length * 3 <= scratch.length;
  cipher.setAAD(isShort ? scratch.subarray(0, scratch.write(bound)) : Buffer.from(bound));
  const locked = cipher.update(text, 'utf8');
  cipher.final();
  const length = nonceBytes + locked.length + tagBytes;
  const box = length <= scratch.length ? scratch : Buffer.allocUnsafe(length);
  box.set(nonce, 0);
  box.set(locked, nonceBytes);
  box.set(cipher.getAuthTag(), nonceBytes + locked.length);
  return box.toString('base64url', 0, length);
}

/** What was locked; `undefined` where the box was changed, cut, made with another key, or belongs to something else. */
export function unlock(key: KeyObject, bound: string, box: Buffer): Buffer | undefined {
  if (box.length < nonceBytes + tagBytes) return undefined;
  const end = box.length - tagBytes;
  const decipher = createDecipheriv(algorithm, key, box.subarray(0, nonceBytes), { authTagLength: tagBytes });
  decipher.setAAD(Buffer.from(bound));
  decipher.setAuthTag(box.subarray(end));
  const content = decipher.update(box.subarray(nonceBytes, end));
  try {
    decipher.final();
  } catch {
    return undefined;
  }
  return content;
}
