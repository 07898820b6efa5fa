/**
 * Rendezvous hashing: everybody who knows the same candidates names the same one for each number, and a candidate that
 * comes or goes moves only its own share.
 */
export function highest(candidates: readonly string[], number: number): string | undefined {
  let best: { readonly candidate: string; readonly weight: number } | undefined;
  for (const candidate of candidates) {
    const weight = mix(fnv(candidate) ^ Math.imul(number + 1, 0x9e3779b1));
    if (best === undefined || weight > best.weight || (weight === best.weight && candidate > best.candidate))
      best = { candidate, weight };
  }
  return best?.candidate;
}

/** FNV-1a (32 bits). */
export function fnv(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index++) {
    hash ^= text.charCodeAt(index);
    hash = Math.imul(hash, 0x01000193);
  }
  return hash >>> 0;
}

/** The finaliser of MurmurHash3 (32 bits): spreads neighbouring numbers. */
function mix(value: number): number {
  let hash = value | 0;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
