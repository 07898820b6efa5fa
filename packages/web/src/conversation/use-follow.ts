import { useSignal } from '@preact/signals';
import { useLayoutEffect, useRef } from 'preact/hooks';
import type { VirtualizerHandle } from 'virtua';
import { draftKey } from '../state/drafts.ts';
import { setAtEnd } from '../state/reading.ts';
import { indexAtOrAfter } from '../state/timeline.ts';
import type { TimelineView } from '../state/view.ts';

/** Who is so near the end reads the end. */
const endPx = 48;
/** A page is fetched when the reader comes so near to the edge of what is there. */
const aheadPx = 1_600;
/** Rows are measured while a jump is under way; positions in between are nobody's wish. */
const settleMs = 400;
/** How long a message jumped to stays marked. */
const markedMs = 2_500;

type Held<Value> = { readonly current: Value };

/** Keeps the list where the reader wants it: at the end while it is read, at a message jumped to, else in its place. */
export function useFollow(
  view: TimelineView,
  count: number,
  list: Held<VirtualizerHandle | null>,
  scroller: Held<HTMLElement | null>,
) {
  const key = draftKey(view.id, view.thread);
  const isAtEnd = useSignal(true);
  /** The new-messages line is above what is on screen. */
  const newIsAbove = useSignal(false);
  const sticks = useRef(true);
  const settlesAt = useRef(0);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const latest = useRef(count);
  latest.current = count;

  const gap = () => {
    const box = scroller.current;
    return box === null ? 0 : box.scrollHeight - box.scrollTop - box.clientHeight;
  };
  const fill = () => {
    const { hasBefore, hasAfter } = view.timeline.peek();
    if (view.loading.peek() !== undefined || view.error.peek() !== undefined || scroller.current === null) return;
    if (hasBefore && scroller.current.scrollTop < aheadPx) void view.loadBefore();
    else if (hasAfter && gap() < aheadPx) void view.loadAfter();
  };
  const look = () => {
    const { rows, hasAfter } = view.timeline.peek();
    isAtEnd.value = sticks.current && !hasAfter;
    setAtEnd(key, isAtEnd.peek() && view.loading.peek() !== 'first' && view.error.peek() === undefined);
    const newAfter = view.newAfter.peek();
    const first = rows[0];
    const top = list.current?.findItemIndex(scroller.current?.scrollTop ?? 0) ?? 0;
    newIsAbove.value =
      newAfter !== Number.MAX_SAFE_INTEGER &&
      first !== undefined &&
      newAfter > 0 &&
      indexAtOrAfter(rows, newAfter + 1) < top;
  };
  const settle = () => {
    settlesAt.current = Date.now() + settleMs;
    clearTimeout(timer.current);
    timer.current = setTimeout(() => {
      if (sticks.current && gap() > 1) goTo('end');
      if (gap() < endPx) sticks.current = true;
      look();
      fill();
    }, settleMs);
  };
  const goTo = (to: 'end' | number) => {
    sticks.current = to === 'end';
    if (latest.current === 0) return;
    settle();
    if (to === 'end') list.current?.scrollToIndex(latest.current - 1, { align: 'end', offset: endPx });
    else list.current?.scrollToIndex(Math.min(to, latest.current - 1), { align: 'center' });
  };
  const onScroll = () => {
    // While a jump settles, the end may pass by: neither leaving nor reaching it is the reader's wish.
    const isSettled = Date.now() > settlesAt.current;
    if (isSettled) sticks.current = gap() < endPx;
    look();
    if (isSettled) fill();
  };
  /** The reader takes over: from now on the position is a wish. */
  const release = () => {
    settlesAt.current = 0;
    clearTimeout(timer.current);
  };
  const onResize = () => {
    if (sticks.current) goTo('end');
  };

  const wish = view.scroll.value;
  useLayoutEffect(() => {
    if (wish === undefined) return;
    goTo(wish.to === 'end' ? 'end' : indexAtOrAfter(view.timeline.peek().rows, wish.to));
  }, [wish]);

  const timeline = view.timeline.value;
  const loading = view.loading.value;
  useLayoutEffect(() => {
    if (sticks.current && !timeline.hasAfter) goTo('end');
    look();
  }, [count, timeline.rows, timeline.hasAfter]);
  useLayoutEffect(() => {
    if (Date.now() > settlesAt.current) fill();
    look();
  }, [loading]);

  const marked = view.highlighted.value;
  useLayoutEffect(() => {
    if (marked === undefined) return;
    const unmark = setTimeout(() => {
      view.highlighted.value = undefined;
    }, markedMs);
    return () => clearTimeout(unmark);
  }, [marked, wish, view]);

  useLayoutEffect(
    () => () => {
      clearTimeout(timer.current);
      setAtEnd(key, false);
    },
    [key],
  );
  return { isAtEnd, newIsAbove, onScroll, onResize, release };
}
