import { createHash } from 'node:crypto';

/** Memcached takes 250 bytes without spaces and control characters. The prefix is this file's. */
const plain = /^[\x21-\x7e]{1,240}$/;

/** The key as Memcached may have it: as it is where that is allowed, else its SHA-256. The first letter keeps both apart. */
export const safeKey = (key: string): string =>
  plain.test(key) ? `p:k:${key}` : `p:h:${createHash('sha256').update(utf16(key)).digest('base64url')}`;

/** All of a string, half surrogate pairs too, which UTF-8 would make one. */
const utf16 = (text: string): Buffer => Buffer.from(text, 'utf16le');

/**
 * Which of the servers holds a key: the one with the highest hash of both (rendezvous hashing). When a server comes or
 * goes, only the keys that it holds move.
 */
export function serverOf<Server extends { readonly server: string }>(key: string, servers: readonly Server[]): Server {
  let [best] = servers;
  let highest = -1;
  for (const candidate of servers) {
    const score = mixed(`${candidate.server} ${key}`);
    if (score <= highest) continue;
    highest = score;
    best = candidate;
  }
  if (best === undefined) throw new Error('there is no server');
  return best;
}

/** FNV-1a over 32 bits, its bits stirred once more (the finish of MurmurHash 3), since scores are compared by their highest. */
function mixed(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
