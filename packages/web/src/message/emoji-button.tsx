import './emoji.css';
import { useSignal } from '@preact/signals';
import { lazy, Suspense } from 'preact/compat';
import { useLayoutEffect, useRef } from 'preact/hooks';
import { IconButton } from '../ui/button.tsx';
import { place } from '../ui/place.ts';
import { Spinner } from '../ui/spinner.tsx';

const EmojiPicker = lazy(() => import('./emoji-picker.tsx').then((loaded) => ({ default: loaded.EmojiPicker })));

export interface EmojiButtonProps {
  readonly label: string;
  readonly onPick: (emoji: string) => void;
  readonly size?: 's' | 'm';
  /** Told when it opens and closes, for a toolbar that must stay while the picker is open. */
  readonly onToggle?: (open: boolean) => void;
}

/** A button that opens the picker; the picker is loaded when it is first wished for. */
export function EmojiButton({ label, onPick, size = 'm', onToggle }: EmojiButtonProps) {
  const open = useSignal(false);
  const anchor = useRef<HTMLSpanElement>(null);
  const wasOpen = useRef(false);
  const toggle = (next: boolean) => {
    open.value = next;
    onToggle?.(next);
  };
  return (
    <span ref={anchor} class="emoji-button">
      <IconButton
        icon="smile"
        label={label}
        size={size}
        aria-haspopup="dialog"
        aria-expanded={open.value}
        onPointerDown={() => {
          // A press beside the picker closes it; one on its own button must not open it again.
          wasOpen.current = open.peek();
        }}
        onClick={(event) => toggle(event.detail === 0 ? !open.peek() : !wasOpen.current)}
      />
      {open.value ? (
        <EmojiPopover
          anchor={anchor}
          onClose={() => toggle(false)}
          onPick={(emoji) => {
            toggle(false);
            anchor.current?.querySelector('button')?.focus();
            onPick(emoji);
          }}
        />
      ) : null}
    </span>
  );
}

function EmojiPopover({
  anchor,
  onPick,
  onClose,
}: {
  anchor: { readonly current: HTMLElement | null };
  onPick: (emoji: string) => void;
  onClose: () => void;
}) {
  const box = useRef<HTMLDivElement>(null);
  useLayoutEffect(() => {
    if (box.current === null || anchor.current === null) return;
    box.current.showPopover();
    place(box.current, anchor.current);
  }, [anchor]);
  return (
    <div
      ref={box}
      class="emoji-popover"
      role="dialog"
      aria-label="Emoji"
      // The browser closes it on Escape and on a press beside it.
      popover="auto"
      onToggle={(event) => {
        if (event.newState === 'closed') onClose();
      }}
      onKeyDown={(event) => event.stopPropagation()}
    >
      <Suspense fallback={<Spinner label="Loading the emoji" />}>
        <EmojiPicker onPick={onPick} />
      </Suspense>
    </div>
  );
}
