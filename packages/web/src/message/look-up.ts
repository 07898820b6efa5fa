import type { Message } from '@parley/client';
import { mainView } from '../state/screen.ts';
import { findRow } from '../state/timeline.ts';
import type { TimelineView } from '../state/view.ts';

/** A message by its seq, wherever it is held: among the rows, as a quotation, or in the conversation beside the thread. */
export function lookUp(view: TimelineView, seq: number): Message | undefined {
  const held = findRow(view.timeline.value, seq) ?? view.quoted.value.get(seq);
  if (held !== undefined || mainView.value === undefined || mainView.value.id !== view.id) return held;
  return findRow(mainView.value.timeline.value, seq) ?? mainView.value.quoted.value.get(seq);
}
