import type { Log } from '../log.ts';
import { lockText, unlock } from './box.ts';
import type { DataKeys, OpeningKey, SealingKey } from './data-keys.ts';
import { type Author, formatSealed, isSealed, type Purpose, parseSealed } from './sealed.ts';

/** What a text belongs to: it opens nowhere else. */
export interface Place {
  /** Whose key: a stream, or the server's own scope. */
  readonly scope: string;
  readonly purpose: Purpose;
  /** Where the purpose alone does not say it: the message an edit is of, the preference's key, the account, the document. */
  readonly of?: string;
}

/** Why nothing can be read: its key was erased on purpose; or it is not what was written, or its key is not in the store. */
export type Unreadable = 'erased' | 'damaged';
export type Opened = { readonly text: string } | { readonly unreadable: Unreadable };

/** Characters of a generation of texts that are remembered until they come back from the log. */
const maxRemembered = 500_000;
/** 16 bytes in base64url, and what of the byte before falls into the same characters. */
const tagChars = 22;

interface Sent {
  readonly sealed: string;
  readonly bound: string;
  readonly text: string;
}

/** Seals and opens single texts. */
export class Seals {
  readonly keys: DataKeys;
  readonly #log: Log;
  /**
   * Texts that were sealed here and have not come back: where somebody here looks at the stream they come back within
   * milliseconds, to the very process that knows them, and need not be opened (half of what encryption costs such a message). By
   * the end of the sealed text, which holds the tag. Two generations, since dropping one at a time costs more than it saves.
   */
  #sent: Map<string, Sent> = new Map();
  #sentBefore: Map<string, Sent> = new Map();
  #sentChars = 0;
  /** Texts that were not what was written; counted for the operator. */
  damaged = 0;

  constructor(keys: DataKeys, log: Log) {
    this.keys = keys;
    this.#log = log;
  }

  /** @param isAwaited whether it will soon be opened here, so that it is worth remembering */
  seal(place: Place, author: Author, text: string, { key, generation }: SealingKey, isAwaited = false): string {
    const bound = boundTo(place, author);
    const box = lockText(key, this.keys.nonces.take(), bound, text);
    const sealed = formatSealed(place.purpose, generation, place.purpose === 'post' ? undefined : author, box);
    if (isAwaited) this.#remember(sealed, bound, text.toWellFormed());
    return sealed;
  }

  /** The generation of the key that a text needs; `undefined` where it needs none: it is plain, or opens with no key at all. */
  generationOf(text: string, purpose: Purpose): number | undefined {
    return isSealed(text) ? parseSealed(text, purpose)?.generation : undefined;
  }

  /**
   * Opens what is sealed; plain text, from before there was a keyring, is given back as it is.
   * @param by who must have sealed it, as far as that is known from where it stands
   */
  open(place: Place, by: Partial<Author>, text: string, keyOf: (generation: number) => OpeningKey | undefined): Opened {
    if (!isSealed(text)) return { text };
    const sealed = parseSealed(text, place.purpose);
    const author = { actor: by.actor ?? sealed?.author?.actor ?? '', cid: by.cid ?? sealed?.author?.cid ?? '' };
    const isTheirs =
      sealed?.author === undefined || (sealed.author.actor === author.actor && sealed.author.cid === author.cid);
    if (sealed === undefined || !isTheirs) return this.#damaged(place, by);
    const bound = boundTo(place, author);
    const mark = text.slice(-tagChars);
    const sent = this.#sent.get(mark) ?? this.#sentBefore.get(mark);
    if (sent?.sealed === text && sent.bound === bound) return { text: sent.text };
    const found = keyOf(sealed.generation);
    if (found?.type === 'erased') return { unreadable: 'erased' };
    const content = found?.type === 'key' ? unlock(found.key, bound, Buffer.from(sealed.box, 'base64url')) : undefined;
    return content === undefined ? this.#damaged(place, by) : { text: content.toString('utf8') };
  }

  /** Something was erased: nothing of it stays in memory. */
  forgetTexts(): void {
    this.#sent = new Map();
    this.#sentBefore = new Map();
    this.#sentChars = 0;
  }

  #damaged({ scope, purpose, of }: Place, { cid }: Partial<Author>): Opened {
    this.damaged++;
    this.#log.error({ scope, purpose, of, cid }, 'a sealed text is not what was written; it is not shown');
    return { unreadable: 'damaged' };
  }

  #remember(sealed: string, bound: string, text: string): void {
    this.#sent.set(sealed.slice(-tagChars), { sealed, bound, text });
    this.#sentChars += sealed.length + text.length;
    if (this.#sentChars < maxRemembered) return;
    this.#sentBefore = this.#sent;
    this.#sent = new Map();
    this.#sentChars = 0;
  }
}

/** Of these parts only the last may hold a line's end. */
const boundTo = ({ scope, purpose, of = '' }: Place, { actor, cid }: Author): string =>
  `parley 1\n${purpose}\n${scope}\n${actor}\n${cid}\n${of}`;
