/**
 * The form of sealed text: a mark, what kind of text it is, the generation of its key, who sealed it by which command
 * where that is not known from what it stands in, and the ciphertext in base64url.
 *
 * The mark is two delete characters: nobody types them, and they are refused where a person sends them. They are ASCII like all
 * the rest, so that a sealed text, and everything it stands in, stays a string of one byte a character: with a mark from
 * beyond Latin-1 every copy and conversion of it on the way cost more than the cipher.
 */
const mark = '\u007F\u007F';
const markUnit = 0x7f;

/** What a text is: of a message, of an edit, a conversation's name or topic, a preference, a status, a small document. */
export type Purpose = 'post' | 'edit' | 'name' | 'topic' | 'preference' | 'status' | 'document';

const letters: Readonly<Record<Purpose, string>> = {
  post: 'p',
  edit: 'e',
  name: 'n',
  topic: 't',
  preference: 'v',
  status: 's',
  document: 'd',
};

/** Who sealed a text, and with which command. */
export interface Author {
  readonly actor: string;
  readonly cid: string;
}

export interface SealedText {
  readonly purpose: Purpose;
  readonly generation: number;
  /** Absent on messages that were not edited: there it is the message's own. */
  readonly author: Author | undefined;
  /** Nonce, ciphertext and tag. */
  readonly box: string;
}

/** Whether a text is sealed, or claims to be. */
export const isSealed = (text: string): boolean => text.charCodeAt(0) === markUnit && text.charCodeAt(1) === markUnit;
/** Whether something sealed may lie in a larger text. */
export const hasSealed = (text: string): boolean => text.includes(mark);

export function formatSealed(purpose: Purpose, generation: number, author: Author | undefined, box: string): string {
  const by = author === undefined ? '' : `${author.actor}/${author.cid}/`;
  return `${mark}${letters[purpose]}${generation}/${by}${box}`;
}

/** `undefined` where the text is not in the form of sealed text of that purpose. */
export function parseSealed(text: string, purpose: Purpose): SealedText | undefined {
  if (!isSealed(text) || text[mark.length] !== letters[purpose]) return undefined;
  const slash = text.indexOf('/');
  const digits = text.slice(mark.length + 1, slash);
  if (!/^[1-9]\d{0,7}$/.test(digits)) return undefined;
  const generation = Number(digits);
  if (purpose === 'post') return { purpose, generation, author: undefined, box: text.slice(slash + 1) };
  const [actor, cid, box, ...more] = text.slice(slash + 1).split('/');
  if (actor === undefined || cid === undefined || box === undefined || more.length > 0) return undefined;
  return { purpose, generation, author: { actor, cid }, box };
}
