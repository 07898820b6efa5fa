import './message.css';
import { clockTime } from '../state/format.ts';
import { discardSend, type OutgoingPost, retrySend } from '../state/outbox.ts';
import { displayNameOf } from '../state/people.ts';
import { myId } from '../state/session.ts';
import { connection } from '../state/sync.ts';
import type { TimelineView } from '../state/view.ts';
import { Avatar } from '../ui/avatar.tsx';
import { Button } from '../ui/button.tsx';
import { Icon } from '../ui/icon.tsx';
import { MessageText } from './message-text.tsx';
import { ReplyQuote } from './reply-quote.tsx';

/** An own message that the server does not have yet, or has refused. */
export function OutgoingRow({ view, post, continues }: { view: TimelineView; post: OutgoingPost; continues: boolean }) {
  const user = myId();
  const name = displayNameOf(user);
  const isFailed = post.error !== undefined;
  const waits = connection.value.state === 'online' ? 'Sending' : 'Will be sent when the connection is back';
  return (
    <article
      class={`message message-outgoing ${continues ? 'message-continued' : ''} ${isFailed ? 'message-failed' : ''}`}
      aria-label={`${name}, ${isFailed ? 'not sent' : waits}: ${post.text.slice(0, 280)}`}
    >
      <div class="message-gutter">{continues ? null : <Avatar user={user} size={36} />}</div>
      <div class="message-main">
        {continues ? null : (
          <header class="message-header">
            <span class="message-name">{name}</span>
            <time class="message-time" dateTime={new Date(post.queuedAt).toISOString()}>
              {clockTime(post.queuedAt)}
            </time>
          </header>
        )}
        {post.replyTo === undefined ? null : <ReplyQuote view={view} seq={post.replyTo} />}
        <MessageText message={{ text: post.text }} />
        {isFailed ? (
          <div class="message-failure" role="alert">
            <Icon name="alert" size={16} />
            <span class="message-failure-text">Not sent. {post.error}</span>
            <Button size="s" icon="retry" onClick={() => retrySend(post.cid)}>
              Try again
            </Button>
            <Button size="s" onClick={() => discardSend(post.cid)}>
              Discard
            </Button>
          </div>
        ) : null}
      </div>
      {isFailed ? null : (
        <span class="message-waits" title={waits}>
          <Icon name="clock" size={16} />
        </span>
      )}
    </article>
  );
}
