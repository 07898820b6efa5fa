import { useComputed, useSignal } from '@preact/signals';
import { useEffect, useLayoutEffect, useRef } from 'preact/hooks';
import { Button } from '../ui/button.tsx';
import { Spinner } from '../ui/spinner.tsx';
import { emojiGroups, loadEmoji } from './emoji-data.ts';
import { EmojiGrid } from './emoji-grid.tsx';
import { noteEmoji, recentEmoji, setSkinTone, skinTone } from './emoji-recent.ts';
import { type Emoji, searchEmoji, toned } from './emoji-search.ts';

const tones = ['✋', '✋🏻', '✋🏼', '✋🏽', '✋🏾', '✋🏿'];
const toneNames = ['no', 'a light', 'a medium-light', 'a medium', 'a medium-dark', 'a dark'];

/** All emoji: by group, the recent ones first, and by name. */
export function EmojiPicker({ onPick }: { onPick: (emoji: string) => void }) {
  const all = useSignal<readonly Emoji[] | undefined>(undefined);
  const isBroken = useSignal(false);
  const query = useSignal('');
  /** `recent` (and the smileys after them), or a group of Unicode. */
  const group = useSignal<number | 'recent'>('recent');
  const hovered = useSignal('');
  const search = useRef<HTMLInputElement>(null);
  const load = () => {
    isBroken.value = false;
    loadEmoji().then(
      (loaded) => {
        all.value = loaded;
      },
      () => {
        isBroken.value = true;
      },
    );
  };
  useEffect(load, []);
  useLayoutEffect(() => search.current?.focus(), []);

  const shown = useComputed(() => {
    const known = all.value ?? [];
    if (query.value.trim() !== '') return searchEmoji(known, query.value).map(withTone);
    if (group.value !== 'recent') return known.filter((one) => one.group === group.value).map(withTone);
    const recent = recentEmoji.value.map((emoji) => ({ emoji, name: nameOf(known, emoji) }));
    const smileys = known.filter((one) => one.group === 0).map(withTone);
    return [...recent, ...smileys.filter(({ emoji }) => !recentEmoji.value.includes(emoji))];
  });
  const pick = (emoji: string) => {
    noteEmoji(emoji);
    onPick(emoji);
  };
  return (
    <div class="emoji-picker">
      <div class="emoji-search">
        <input
          ref={search}
          class="input"
          type="search"
          aria-label="Search emoji"
          placeholder="Search emoji"
          value={query.value}
          onInput={(event) => {
            query.value = event.currentTarget.value;
          }}
          onKeyDown={(event) => {
            const first = shown.peek()[0];
            if (event.key !== 'Enter' || first === undefined) return;
            event.preventDefault();
            pick(first.emoji);
          }}
        />
        <button
          type="button"
          class="emoji-tone"
          aria-label={`Skin tone: ${toneNames[skinTone.value] ?? ''} tone. Change`}
          title="Skin tone"
          onClick={() => setSkinTone((skinTone.peek() + 1) % tones.length)}
        >
          {tones[skinTone.value]}
        </button>
      </div>
      <div class="emoji-groups" role="group" aria-label="Groups">
        {[{ group: 'recent' as const, name: 'Recent', mark: '🕘' }, ...emojiGroups].map((one) => (
          <button
            key={one.name}
            type="button"
            class="emoji-group"
            aria-label={one.name}
            title={one.name}
            aria-pressed={query.value === '' && group.value === one.group}
            onClick={() => {
              query.value = '';
              group.value = one.group;
            }}
          >
            {one.mark}
          </button>
        ))}
      </div>
      {isBroken.value ? (
        <div class="emoji-nothing" role="alert">
          The emoji could not be loaded.{' '}
          <Button size="s" onClick={load}>
            Try again
          </Button>
        </div>
      ) : all.value === undefined ? (
        <div class="emoji-nothing">
          <Spinner label="Loading the emoji" />
        </div>
      ) : shown.value.length === 0 ? (
        <div class="emoji-nothing" role="status">
          No emoji is called that.
        </div>
      ) : (
        <EmojiGrid shown={shown.value} onPick={pick} onHover={(name) => (hovered.value = name)} />
      )}
      <div class="emoji-name" aria-hidden="true">
        {hovered.value}
      </div>
    </div>
  );
}

const withTone = (one: Emoji) => ({ emoji: toned(one, skinTone.value), name: one.annotation });

const nameOf = (all: readonly Emoji[], emoji: string): string =>
  all.find((one) => one.emoji === emoji || one.skins?.some((skin) => skin.emoji === emoji) === true)?.annotation ??
  emoji;
