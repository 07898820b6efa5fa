import { useSignal } from '@preact/signals';
import { conversationOf } from '../state/conversations.ts';
import { threads } from '../state/threads.ts';
import { findRow, indexAtOrAfter } from '../state/timeline.ts';
import type { TimelineView } from '../state/view.ts';
import { Badge } from '../ui/badge.tsx';
import { IconButton } from '../ui/button.tsx';
import { Icon } from '../ui/icon.tsx';

/** Leads to the first new message, while it is above the screen. */
export function NewPill({ view }: { view: TimelineView }) {
  const isSent = useSignal(-1);
  const newAfter = view.newAfter.value;
  if (isSent.value === newAfter) return null;
  const go = () => {
    const { rows, hasBefore } = view.timeline.peek();
    const row = rows[indexAtOrAfter(rows, newAfter + 1)];
    isSent.value = newAfter;
    if (
      row !== undefined &&
      (!hasBefore || findRow(view.timeline.peek(), newAfter) !== undefined || (rows[0]?.seq ?? 0) <= newAfter)
    )
      view.scroll.value = { to: row.seq };
    else void view.jumpTo(newAfter + 1);
  };
  return (
    <div class="new-pill">
      <button type="button" class="new-pill-go" onClick={go}>
        <Icon name="arrow-down" size={16} />
        Jump to the first new message
      </button>
      <IconButton
        size="s"
        icon="close"
        label="Stay here"
        onClick={() => {
          isSent.value = newAfter;
        }}
      />
    </div>
  );
}

/** Leads to the newest message, with how many came meanwhile. */
export function LatestButton({ view }: { view: TimelineView }) {
  const unread =
    view.thread === undefined
      ? (conversationOf(view.id)?.unread ?? 0)
      : (threads.value.find((one) => one.conversation === view.id && one.root.seq === view.thread)?.unread ?? 0);
  return (
    <button type="button" class="latest-button" onClick={() => void view.jumpToLatest()}>
      <Icon name="arrow-down" size={16} />
      Latest
      <Badge count={unread} label="new messages" />
    </button>
  );
}
