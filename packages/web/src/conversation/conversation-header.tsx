import type { ListedConversation } from '@parley/client';
import { useEffect } from 'preact/hooks';
import { mute } from '../state/actions.ts';
import { isMember, titleOf } from '../state/conversations.ts';
import { plural, relative } from '../state/format.ts';
import { people } from '../state/people.ts';
import { presences, showFaces } from '../state/presence.ts';
import { navigate } from '../state/router.ts';
import { openPanel, type Panel, panel } from '../state/screen.ts';
import { Avatar } from '../ui/avatar.tsx';
import { IconButton } from '../ui/button.tsx';
import { Icon } from '../ui/icon.tsx';

const toggle = (type: 'members' | 'pins' | 'about') =>
  openPanel(panel.peek()?.type === type ? undefined : ({ type } satisfies Panel));

/** The head of a conversation: what it is called, what it is about, and what stands beside it. */
export function ConversationHeader({ conversation }: { conversation: ListedConversation }) {
  const { id, kind, peer, memberCount, muted } = conversation;
  const title = titleOf(conversation);
  const open = panel.value?.type;
  useEffect(() => {
    if (peer !== undefined) showFaces('header', [peer]);
    return () => showFaces('header', []);
  }, [peer]);
  return (
    <header class="conversation-header">
      <IconButton class="conversation-back" icon="arrow-left" label="Back to the list" onClick={() => navigate('/')} />
      {kind === 'direct' ? (
        peer === undefined ? null : (
          <Avatar user={peer} size={28} presence />
        )
      ) : (
        <span class="conversation-kind">
          <Icon name={kind === 'channel' ? 'hash' : 'lock'} />
        </span>
      )}
      <div class="conversation-heading">
        <h1 class="conversation-title">
          <button
            type="button"
            class="conversation-title-button"
            title="About this conversation"
            onClick={() => toggle('about')}
          >
            <span class="conversation-name">{title}</span>
            {muted ? <Icon name="bell-off" size={16} /> : null}
          </button>
        </h1>
        <p class="conversation-topic">{subtitleOf(conversation)}</p>
      </div>
      <div class="conversation-actions">
        {kind === 'direct' ? null : (
          <button
            type="button"
            class="conversation-members"
            aria-label={plural(memberCount, 'member')}
            aria-pressed={open === 'members'}
            title="Members"
            onClick={() => toggle('members')}
          >
            <Icon name="users" />
            <span aria-hidden="true">{memberCount}</span>
          </button>
        )}
        <IconButton icon="pin" label="Pinned messages" aria-pressed={open === 'pins'} onClick={() => toggle('pins')} />
        {isMember(id) ? (
          <IconButton
            class="conversation-mute"
            icon={muted ? 'bell-off' : 'bell'}
            label={muted ? 'Unmute' : 'Mute'}
            aria-pressed={muted}
            onClick={() => mute(id, !muted)}
          />
        ) : null}
        <IconButton icon="info" label="About" aria-pressed={open === 'about'} onClick={() => toggle('about')} />
      </div>
    </header>
  );
}

function subtitleOf({ kind, topic, peer }: ListedConversation): string {
  if (kind !== 'direct') return topic;
  if (peer === undefined) return 'Only you can see this';
  const status = people.value.get(peer)?.status ?? '';
  const presence = presences.value.get(peer);
  const state =
    presence === undefined
      ? ''
      : presence.state !== 'offline'
        ? presence.state === 'online'
          ? 'Here now'
          : 'Away'
        : presence.lastSeen === undefined
          ? 'Offline'
          : `Last seen ${relative(presence.lastSeen)}`;
  return [status, state].filter((part) => part !== '').join(' · ');
}
