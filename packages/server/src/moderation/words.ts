/**
 * A text as filters compare it: compatibility forms resolved, case and accents gone, what cannot be seen left out, words with one
 * space around each. `Ｐｏｋｅｒ`, `póker` and `po\u200bker` are `poker`; `pokerface` is another word.
 */
export const wordsIn = (text: string): string =>
  ` ${(
    text
      .normalize('NFKD')
      .toLowerCase()
      .replace(/[\p{M}\p{Cf}]/gu, '')
      .match(/[\p{L}\p{N}]+/gu) ?? []
  ).join(' ')} `;

/** Words and phrases that are not wanted: found whole, wherever they stand. */
export class WordFilter {
  readonly #single = new Set<string>();
  readonly #phrases: string[] = [];

  constructor(words: readonly string[]) {
    for (const word of words) {
      const plain = wordsIn(word);
      if (plain.trim() === '') continue;
      if (plain.trim().includes(' ')) this.#phrases.push(plain);
      else this.#single.add(plain.trim());
    }
  }

  /** Whether one of them is in a text that `wordsIn` has made. */
  isIn(words: string): boolean {
    for (const phrase of this.#phrases) if (words.includes(phrase)) return true;
    if (this.#single.size === 0) return false;
    for (const word of words.split(' ')) if (this.#single.has(word)) return true;
    return false;
  }
}
