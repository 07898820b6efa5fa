const characters = new Intl.Segmenter();
const firstOf = (word: string): string => characters.segment(word)[Symbol.iterator]().next().value?.segment ?? '';

/** "Ann Lee" is AL, "ann" is A; by whole characters, so that no emoji is cut in two. */
export function initialsOf(displayName: string): string {
  const words = displayName.split(/[\s._-]+/).filter((word) => word !== '');
  const letters = words.length > 1 ? [words[0], words.at(-1)] : [words[0]];
  return letters.map((word) => firstOf(word ?? '').toUpperCase()).join('');
}
