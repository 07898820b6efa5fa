import type { ListedConversation, Message } from '@parley/client';
import { useSignal } from '@preact/signals';
import { useEffect } from 'preact/hooks';
import { Composer } from '../composer/composer.tsx';
import { MessageList } from '../conversation/message-list.tsx';
import { TypingLine } from '../conversation/typing-line.tsx';
import { MessageRow } from '../message/message-row.tsx';
import { rest } from '../state/api.ts';
import { titleOf } from '../state/conversations.ts';
import { plural } from '../state/format.ts';
import { meet } from '../state/people.ts';
import { allowed } from '../state/rights.ts';
import { mainView } from '../state/screen.ts';
import { findRow } from '../state/timeline.ts';
import { failed } from '../state/toasts.ts';
import type { TimelineView } from '../state/view.ts';
import { PanelFrame } from './panel-frame.tsx';

/** A thread beside its conversation: the message it is about, the replies, and where one answers. */
export function ThreadPanel({
  view,
  conversation,
  root,
}: {
  view: TimelineView;
  conversation: ListedConversation;
  root: number;
}) {
  const fetched = useSignal<Message | undefined>(undefined);
  const main = mainView.value;
  const held = main === undefined ? undefined : findRow(main.timeline.value, root);
  const message = held ?? fetched.value;
  const isMissing = message === undefined;
  useEffect(() => {
    if (!isMissing) return;
    rest
      .message(view.id, root)
      .then((answered) => {
        meet([answered.actor]);
        fetched.value = answered;
      })
      .catch(failed);
  }, [isMissing, view, root, fetched]);
  const canReply = allowed(view.id, 'post') && message?.deleted !== true;
  const count = view.timeline.value.hasBefore ? message?.replies?.count : view.timeline.value.rows.length;
  const place = conversation.kind === 'channel' ? `#${titleOf(conversation)}` : titleOf(conversation);
  return (
    <PanelFrame title="Thread" subtitle={place} takesFocus={!canReply}>
      <MessageList
        view={view}
        label="Replies in the thread"
        leadAt={message?.at}
        lead={
          <div class="thread-root">
            {message === undefined || main === undefined ? null : (
              <MessageRow view={main} message={message} continues={false} isTabStop={false} isRoot />
            )}
            <div class="thread-count">
              {count === undefined || count === 0 ? 'No replies yet' : plural(count, 'reply', 'replies')}
            </div>
          </div>
        }
      />
      {canReply ? (
        <>
          <Composer view={view} label="Reply in the thread" />
          <TypingLine view={view} />
        </>
      ) : null}
    </PanelFrame>
  );
}
