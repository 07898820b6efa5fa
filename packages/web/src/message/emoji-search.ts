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

/** More than fit into the picker without scrolling for long. */
const maxFound = 64;

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

/** As many stand in a row; the style sheet says so too. */
const columns = 8;

/** Where an arrow key leads in the grid; `undefined` for other keys and beyond the edges. */
export function nextCell(key: string, at: number, count: number): number | undefined {
  const steps: Readonly<Record<string, number>> = {
    ArrowRight: 1,
    ArrowLeft: -1,
    ArrowDown: columns,
    ArrowUp: -columns,
  };
  const step = steps[key];
  const next = key === 'Home' ? 0 : key === 'End' ? count - 1 : step === undefined ? -1 : at + step;
  return next >= 0 && next < count ? next : undefined;
}
