import type { ConversationId, Message } from '@parley/client';
import type { ComponentChildren } from 'preact';
import { plainText } from '../markdown/render.ts';
import { unreadableNote } from '../message/unreadable.ts';
import { conversationOf, titleOf } from '../state/conversations.ts';
import { clockTime, dayName, fullTime } from '../state/format.ts';
import { displayNameOf } from '../state/people.ts';
import { pathOf } from '../state/router.ts';
import { Avatar } from '../ui/avatar.tsx';

/** A message away from its conversation: where it is, who wrote it, and its beginning. All of it leads there. */
export function MessageCard({
  conversation,
  message,
  seq = message.seq,
  children,
}: {
  conversation: ConversationId;
  message: Message;
  /** Where the card leads. Default: the message. */
  seq?: number;
  /** A line below the text. */
  children?: ComponentChildren;
}) {
  const known = conversationOf(conversation);
  return (
    <li class="card">
      <p class="card-place">
        {known === undefined ? 'A conversation' : `${known.kind === 'channel' ? '# ' : ''}${titleOf(known)}`}
      </p>
      <div class="card-body">
        <Avatar user={message.actor} size={36} />
        <div class="card-text">
          <p class="card-head">
            <a class="card-link" href={pathOf(conversation, seq)}>
              {displayNameOf(message.actor)}
            </a>
            <time dateTime={new Date(message.at).toISOString()} title={fullTime(message.at)}>
              {dayName(message.at)}, {clockTime(message.at)}
            </time>
          </p>
          <p class="card-words">
            {message.deleted === true ? (
              <em>This message was deleted.</em>
            ) : (
              (unreadableNote(message) ?? plainText(message.text))
            )}
          </p>
          {children}
        </div>
      </div>
    </li>
  );
}
