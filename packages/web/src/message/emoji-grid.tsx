import { useSignal } from '@preact/signals';
import { useRef } from 'preact/hooks';
import { nextCell } from './emoji-search.ts';

/** Emoji to press; one stop of the Tab key, arrows inside. */
export function EmojiGrid({
  shown,
  onPick,
  onHover,
}: {
  shown: readonly { readonly emoji: string; readonly name: string }[];
  onPick: (emoji: string) => void;
  onHover: (name: string) => void;
}) {
  const active = useSignal(0);
  const grid = useRef<HTMLDivElement>(null);
  return (
    <div
      ref={grid}
      class="emoji-grid"
      role="group"
      aria-label="Emoji"
      onKeyDown={(event) => {
        const next = nextCell(event.key, active.peek(), shown.length);
        if (next === undefined) return;
        event.preventDefault();
        active.value = next;
        const cell = grid.current?.children[next];
        if (cell instanceof HTMLElement) cell.focus();
      }}
    >
      {shown.map(({ emoji, name }, index) => (
        <button
          key={emoji}
          type="button"
          class="emoji-cell"
          aria-label={name}
          tabIndex={index === Math.min(active.value, shown.length - 1) ? 0 : -1}
          onClick={() => onPick(emoji)}
          onPointerEnter={() => onHover(name)}
          onFocus={() => {
            active.value = index;
            onHover(name);
          }}
        >
          {emoji}
        </button>
      ))}
    </div>
  );
}
