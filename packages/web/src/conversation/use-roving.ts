import type { Message } from '@parley/client';
import { useSignal } from '@preact/signals';
import { useLayoutEffect, useRef } from 'preact/hooks';
import type { VirtualizerHandle } from 'virtua';
import { focusComposer } from '../composer/fields.ts';
import { draftKey } from '../state/drafts.ts';
import { editing } from '../state/screen.ts';
import { indexAtOrAfter } from '../state/timeline.ts';
import type { TimelineView } from '../state/view.ts';
import { nextRow } from './rows.ts';

type Held<Value> = { readonly current: Value };

/** Frames in which a row that comes into the page is measured, with room for a slow device. */
const maxFrames = 30;

/** Gives the focus to a row; one that is not measured yet is invisible and takes it a frame later. Returns what stops it. */
function focusSoon(find: () => HTMLElement | null | undefined, frames = maxFrames): () => void {
  const row = find();
  row?.focus({ preventScroll: true });
  if (frames === 0 || (row !== null && row !== undefined && document.activeElement === row)) return () => {};
  let stop: () => void;
  const frame = requestAnimationFrame(() => {
    stop = focusSoon(find, frames - 1);
  });
  stop = () => cancelAnimationFrame(frame);
  return () => stop();
}

/** One message of the list is reached by the Tab key; the arrows move from there. */
export function useRoving(
  view: TimelineView,
  rows: readonly Message[],
  list: Held<VirtualizerHandle | null>,
  scroller: Held<HTMLElement | null>,
) {
  const active = useSignal<number | undefined>(undefined);
  const wantsFocus = useRef(false);
  const last = rows.length - 1;
  const held = active.value === undefined ? last : indexAtOrAfter(rows, active.value);
  const stop = rows[Math.min(held, last)];
  useLayoutEffect(() => {
    if (!wantsFocus.current || stop === undefined) return;
    wantsFocus.current = false;
    return focusSoon(() => scroller.current?.querySelector<HTMLElement>(`article[data-seq="${stop.seq}"]`));
  }, [stop?.seq]);

  const onKeyDown = (event: KeyboardEvent) => {
    const { target } = event;
    if (!(target instanceof HTMLElement) || target.dataset['seq'] === undefined) return;
    if (event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
    const at = indexAtOrAfter(rows, Number(target.dataset['seq']));
    const next = nextRow(event.key, at, rows.length);
    if (next === undefined) return;
    event.preventDefault();
    if (next === 'end') return focusComposer(draftKey(view.id, view.thread));
    const row = rows[next];
    if (row === undefined) return;
    wantsFocus.current = next !== at;
    active.value = row.seq;
    // Also to the row that has the focus: rows that came above may have pushed it off the screen.
    list.current?.scrollToIndex(next, { align: 'nearest' });
  };
  const onFocusIn = (event: FocusEvent) => {
    const row = event.target instanceof Element ? event.target.closest<HTMLElement>('article[data-seq]') : null;
    if (row !== null) active.value = Number(row.dataset['seq']);
  };
  const edited = editing.value === undefined ? -1 : indexAtOrAfter(rows, editing.value);
  // What holds the focus or an unfinished text must not leave the page when it leaves the screen.
  const kept = [...new Set([Math.min(held, last), edited].filter((index) => index >= 0 && index <= last))];
  return { stop: stop?.seq, kept, onKeyDown, onFocusIn };
}
