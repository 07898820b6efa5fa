import dataUrl from 'emoji-picker-element-data/en/emojibase/data.json?url';
import type { Emoji } from './emoji-search.ts';

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
