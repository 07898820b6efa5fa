import type { ListedConversation } from '@parley/client';
import { useEffect } from 'preact/hooks';
import { plainText } from '../markdown/render.ts';
import { conversations, titleOf } from '../state/conversations.ts';
import { plural, relative } from '../state/format.ts';
import { freshenLatest } from '../state/latest.ts';
import { displayNameOf } from '../state/people.ts';
import { pathOf } from '../state/router.ts';
import { dialog } from '../state/screen.ts';
import { Avatar } from '../ui/avatar.tsx';
import { Badge } from '../ui/badge.tsx';
import { Button } from '../ui/button.tsx';
import { Empty } from '../ui/empty.tsx';
import { Icon } from '../ui/icon.tsx';
import { View } from './view.tsx';

const calls = ({ kind, mentions, unread }: ListedConversation): number => (kind === 'direct' ? unread : mentions);

/** What is new, what calls one first. */
export function CatchUp() {
  const unread = [...conversations.value.values()]
    .filter((one) => (one.muted ? one.mentions > 0 : one.unread + one.mentions > 0))
    .toSorted((a, b) => calls(b) - calls(a) || (b.lastMessage?.at ?? 0) - (a.lastMessage?.at ?? 0));
  return (
    <View icon="bell" title="What is new">
      {unread.length === 0 ? (
        <Empty
          icon="check"
          title="You have read everything"
          text="Choose a conversation on the left, or begin a new one."
        >
          <Button kind="primary" icon="edit" onClick={() => (dialog.value = { type: 'create', kind: 'direct' })}>
            Write to somebody
          </Button>
          <Button icon="hash" onClick={() => (dialog.value = { type: 'browse' })}>
            Browse channels
          </Button>
        </Empty>
      ) : (
        <>
          <h2 class="view-lead">{plural(unread.length, 'conversation')} with unread messages</h2>
          <ul class="cards">
            {unread.map((conversation) => (
              <UnreadCard key={conversation.id} conversation={conversation} />
            ))}
          </ul>
        </>
      )}
    </View>
  );
}

function UnreadCard({ conversation }: { conversation: ListedConversation }) {
  const { id, kind, peer, unread, head, lastMessage } = conversation;
  const calling = calls(conversation);
  useEffect(() => {
    freshenLatest(id).catch(() => {
      // The card stands without its line, or with the one before.
    });
  }, [id, head.posts]);
  return (
    <li class="card unread-card">
      {kind === 'direct' && peer !== undefined ? (
        <Avatar user={peer} size={36} presence />
      ) : (
        <span class="unread-mark">
          <Icon name={kind === 'channel' ? 'hash' : 'lock'} />
        </span>
      )}
      <div class="card-text">
        <p class="card-head">
          <a class="card-link" href={pathOf(id)}>
            {titleOf(conversation)}
          </a>
          {lastMessage === undefined ? null : <time>{relative(lastMessage.at)}</time>}
        </p>
        {lastMessage === undefined ? null : (
          <p class="unread-words">
            {kind === 'direct' ? '' : `${displayNameOf(lastMessage.actor)}: `}
            {plainText(lastMessage.text)}
          </p>
        )}
      </div>
      <Badge
        count={calling > 0 ? calling : unread}
        label={calling > 0 && kind !== 'direct' ? 'unread mentions' : 'unread messages'}
        tone={calling > 0 ? 'call' : 'whisper'}
      />
    </li>
  );
}
