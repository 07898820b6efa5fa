import type { Message } from '@parley/client';
import { clockTime, dayName, isSameDay, plural } from '../state/format.ts';
import { openThread } from '../state/screen.ts';
import { threadMarker, threads } from '../state/threads.ts';
import type { TimelineView } from '../state/view.ts';
import { Avatar } from '../ui/avatar.tsx';
import { Badge } from '../ui/badge.tsx';
import { Icon } from '../ui/icon.tsx';

const maxFaces = 4;

/** That a message was answered in a thread, by whom and when last; pressing it opens the thread. */
export function ThreadSummary({ view, message }: { view: TimelineView; message: Message }) {
  const { replies } = message;
  if (replies === undefined || view.thread !== undefined) return null;
  const entry = threads.value.find((one) => one.conversation === view.id && one.root.seq === message.seq);
  const when = isSameDay(replies.lastAt, Date.now()) ? clockTime(replies.lastAt) : dayName(replies.lastAt);
  return (
    <button
      type="button"
      class="thread-summary"
      onClick={() => openThread(message.seq, threadMarker(view.id, message.seq))}
    >
      <span class="thread-summary-faces">
        {replies.users.slice(0, maxFaces).map((user) => (
          <Avatar key={user} user={user} size={20} />
        ))}
      </span>
      <span class="thread-summary-count">{plural(replies.count, 'reply', 'replies')}</span>
      {entry === undefined ? null : <Badge count={entry.unread} label="new replies" />}
      <span class="thread-summary-when">Last: {when}</span>
      <Icon name="chevron-right" size={16} />
    </button>
  );
}
