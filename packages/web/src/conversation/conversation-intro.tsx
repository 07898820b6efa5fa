import type { ListedConversation } from '@parley/client';
import { titleOf } from '../state/conversations.ts';
import { shortDate } from '../state/format.ts';
import { allowed } from '../state/rights.ts';
import { dialog, openPanel } from '../state/screen.ts';
import { myId } from '../state/session.ts';
import { Avatar } from '../ui/avatar.tsx';
import { Button } from '../ui/button.tsx';
import { Icon } from '../ui/icon.tsx';

function sentenceOn(conversation: ListedConversation): string {
  const since = shortDate(conversation.createdAt);
  if (conversation.kind === 'channel')
    return `The beginning of a channel that everybody here can find and join. Made on ${since}.`;
  if (conversation.kind === 'group')
    return `The beginning of a private group. Only who is invited can see it. Made on ${since}.`;
  return conversation.peer === undefined
    ? 'A place for notes, links and drafts. Nobody else can see it.'
    : 'The beginning of your conversation. Only the two of you can see it.';
}

/** The top of a conversation: what it is, and what to do with an empty one. */
export function ConversationIntro({ conversation }: { conversation: ListedConversation }) {
  const { id, kind, peer, topic } = conversation;
  return (
    <div class="intro">
      {kind === 'direct' ? (
        <Avatar user={peer ?? myId()} size={56} />
      ) : (
        <span class="intro-mark">
          <Icon name={kind === 'channel' ? 'hash' : 'lock'} />
        </span>
      )}
      <h2 class="intro-title">{titleOf(conversation)}</h2>
      <p class="intro-text">{sentenceOn(conversation)}</p>
      {kind !== 'direct' && topic !== '' ? <p class="intro-text">{topic}</p> : null}
      <div class="intro-actions">
        {allowed(id, 'invite') ? (
          <Button
            size="s"
            icon="user-plus"
            onClick={() => {
              dialog.value = { type: 'invite-members', conversation: id };
            }}
          >
            Invite people
          </Button>
        ) : null}
        {kind !== 'direct' && topic === '' && allowed(id, 'setTopic') ? (
          <Button size="s" icon="edit" onClick={() => openPanel({ type: 'about' })}>
            Set a topic
          </Button>
        ) : null}
      </div>
    </div>
  );
}
