/** Branded ids: a string that has been checked to be one. Casts happen here and nowhere else. */
declare const brand: unique symbol;
type Branded<Name extends string> = string & { readonly [brand]: Name };

/** A conversation's log: `c_` and 26 lower-case base-32 characters. */
export type ConversationId = Branded<'stream'> & { readonly conversation?: never };
/** A person's own log: `u_` and 26 characters. A user and their stream share one id. */
export type UserId = Branded<'stream'> & { readonly user?: never };
/** Either kind of ordered log. */
export type StreamId = Branded<'stream'>;
/** A command's id, a UUIDv7 minted by its sender; makes the command idempotent. */
export type Cid = Branded<'cid'>;

const conversationPattern = /^c_[0-9a-z]{26}$/;
const userPattern = /^u_[0-9a-z]{26}$/;
// A follow-up command's cid is derived from the event that caused it (design, section 4), and is shorter or longer than a UUID.
const cidPattern = /^[0-9a-zA-Z_:.-]{8,80}$/;

export const isConversationId = (text: string): text is ConversationId => conversationPattern.test(text);
export const isUserId = (text: string): text is UserId => userPattern.test(text);
export const isStreamId = (text: string): text is StreamId => isConversationId(text) || isUserId(text);
export const isCid = (text: string): text is Cid => cidPattern.test(text);

const alphabet = '0123456789abcdefghjkmnpqrstvwxyz';

/** 16 bytes as 26 characters of Crockford's base 32, order-preserving. */
export function encodeBase32(bytes: Uint8Array): string {
  let bits = 0;
  let held = 0;
  let text = '';
  for (const byte of bytes) {
    held = (held << 8) | byte;
    bits += 8;
    while (bits >= 5) {
      bits -= 5;
      text += alphabet[(held >>> bits) & 31];
    }
    held &= (1 << bits) - 1;
  }
  if (bits > 0) text += alphabet[(held << (5 - bits)) & 31];
  return text;
}

/**
 * A UUIDv7 (RFC 9562 section 5.7): 48 bits of milliseconds, then randomness.
 * @param nowMs milliseconds since 1970
 * @param random 10 random bytes
 */
export function uuidv7Bytes(nowMs: number, random: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(16);
  const view = new DataView(bytes.buffer);
  view.setUint16(0, Math.floor(nowMs / 2 ** 32));
  view.setUint32(2, nowMs % 2 ** 32);
  bytes.set(random.subarray(0, 10), 6);
  view.setUint8(6, 0x70 | (view.getUint8(6) & 0x0f));
  view.setUint8(8, 0x80 | (view.getUint8(8) & 0x3f));
  return bytes;
}

/** Where ids come from: time and randomness are given, so that a simulation can repeat itself. */
export interface IdSource {
  now(): number;
  random(count: number): Uint8Array;
}

const systemSource: IdSource = {
  now: () => Date.now(),
  random: (count) => globalThis.crypto.getRandomValues(new Uint8Array(count)),
};

const freshId = (source: IdSource): Uint8Array => uuidv7Bytes(source.now(), source.random(10));

export const newCid = (source: IdSource = systemSource): Cid => {
  const hex = Array.from(freshId(source), (byte) => byte.toString(16).padStart(2, '0')).join('');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}` as Cid;
};
export const newConversationId = (source: IdSource = systemSource): ConversationId =>
  `c_${encodeBase32(freshId(source))}` as ConversationId;
export const newUserId = (source: IdSource = systemSource): UserId => `u_${encodeBase32(freshId(source))}` as UserId;

/** When a UUIDv7 was minted, in milliseconds since 1970; `undefined` for ids of another form. */
export function cidTimeMs(cid: string): number | undefined {
  if (!/^[0-9a-f]{8}-[0-9a-f]{4}-7/.test(cid)) return undefined;
  return Number.parseInt(cid.slice(0, 8) + cid.slice(9, 13), 16);
}

/** UUIDv7 has 0 here until the year 6429. */
const directBit = 0x80;

/**
 * Whether this is the id of a direct conversation. The ids of people are no secret, so anybody can work out the one of
 * two others; kept apart from those of groups and channels, it cannot be taken by one of these.
 */
export const isDirectConversationId = (id: ConversationId): boolean => alphabet.indexOf(id.charAt(2)) >= 16;

/**
 * The one direct conversation of two people: the same id whoever starts it, so that starting twice is harmless.
 * Mixes both ids with FNV-1a over 128 bits; ids are random, so this only has to spread, not to resist an attacker
 * (a collision is refused by `create`, which names the members).
 */
export function directConversationId(a: UserId, b: UserId): ConversationId {
  const text = a < b ? `${a}|${b}` : `${b}|${a}`;
  let hash = 0x6c62272e07bb014262b821756295c58dn;
  for (const char of text) {
    hash ^= BigInt(char.charCodeAt(0));
    hash = BigInt.asUintN(128, hash * 0x0000000001000000000000000000013bn);
  }
  const bytes = new Uint8Array(16);
  for (let index = 15; index >= 0; index--) {
    bytes[index] = Number(hash & 0xffn);
    hash >>= 8n;
  }
  bytes[0] = (bytes[0] ?? 0) | directBit;
  return `c_${encodeBase32(bytes)}` as ConversationId;
}

export const isConversationStream = (stream: StreamId): stream is ConversationId => stream.startsWith('c_');
