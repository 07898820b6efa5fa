import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';

/** What is stored of a secret that its holder keeps: SHA-256 is enough for 128 random bits and more. */
export const hashOf = (secret: string): string => createHash('sha256').update(secret).digest('hex');

/** 256 random bits, fit for an address. */
export const newSecret = (): string => randomBytes(32).toString('base64url');

/** Whether a secret has this hash. */
export function fits(secret: string, hash: string): boolean {
  const [given, expected] = [Buffer.from(hashOf(secret)), Buffer.from(hash)];
  return given.length === expected.length && timingSafeEqual(given, expected);
}
