import dataUrl from 'emoji-picker-element-data/en/emojibase/data.json?url';

/** One emoji of the data, as far as it is used. */
export interface Emoji {
  readonly emoji: string;
  readonly annotation: string;
  readonly group: number;
  readonly version: number;
  readonly tags?: readonly string[];
  readonly shortcodes?: readonly string[];
  readonly skins?: readonly { readonly tone: number | readonly number[]; readonly emoji: string }[];
}

/** The groups of Unicode that hold what people send; its group 2 are parts of others. */
export const emojiGroups = [
  { group: 0, name: 'Smileys', mark: '😀' },
  { group: 1, name: 'People', mark: '👋' },
  { group: 3, name: 'Animals and nature', mark: '🐻' },
  { group: 4, name: 'Food and drink', mark: '🍔' },
  { group: 5, name: 'Travel and places', mark: '🚗' },
  { group: 6, name: 'Activities', mark: '⚽' },
  { group: 7, name: 'Objects', mark: '💡' },
  { group: 8, name: 'Symbols', mark: '💟' },
  { group: 9, name: 'Flags', mark: '🏁' },
] as const;

/** Newer ones are empty boxes on many devices still. */
const maxVersion = 15;
const maxFound = 64;
let loaded: Promise<readonly Emoji[]> | undefined;

/** The emoji, fetched on the first wish for one. Rejects when they cannot be. */
export function loadEmoji(): Promise<readonly Emoji[]> {
  loaded ??= fetchEmoji().catch((error: unknown) => {
    loaded = undefined;
    throw error;
  });
  return loaded;
}

async function fetchEmoji(): Promise<readonly Emoji[]> {
  const response = await fetch(dataUrl);
  if (!response.ok) throw new Error(`The emoji could not be loaded (status ${response.status}).`);
  const all = (await response.json()) as readonly Emoji[];
  return all.filter(({ group, version }) => version <= maxVersion && emojiGroups.some((one) => one.group === group));
}

/** Emoji that answer every word of a query: by a name's beginning first, then by any tag. */
export function searchEmoji(all: readonly Emoji[], query: string): readonly Emoji[] {
  const words = query
    .toLowerCase()
    .split(/[\s_:]+/)
    .filter((word) => word !== '');
  const ranked = all.flatMap((one) => {
    const names = [one.annotation, ...(one.shortcodes ?? [])].flatMap((name) => name.toLowerCase().split(/[\s_-]+/));
    const known = [...names, ...(one.tags ?? [])];
    if (!words.every((word) => known.some((name) => name.startsWith(word)))) return [];
    const isExact = one.shortcodes?.includes(words.join('_')) === true;
    return [{ one, rank: isExact ? 0 : words.every((word) => names.some((name) => name.startsWith(word))) ? 1 : 2 }];
  });
  return ranked
    .toSorted((a, b) => a.rank - b.rank)
    .slice(0, maxFound)
    .map(({ one }) => one);
}

/** The emoji in a colour of skin, where it has one. 0 is the plain one. */
export const toned = ({ emoji, skins }: Emoji, tone: number): string =>
  skins?.find((skin) => skin.tone === tone)?.emoji ?? emoji;
