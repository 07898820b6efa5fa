import type { ListedConversation } from '@parley/client';
import { useState } from 'preact/hooks';
import { mute } from '../state/actions.ts';
import { openId, titleOf } from '../state/conversations.ts';
import { markRead } from '../state/reading.ts';
import { pathOf } from '../state/router.ts';
import { myId } from '../state/session.ts';
import { Avatar } from '../ui/avatar.tsx';
import { Badge } from '../ui/badge.tsx';
import { IconButton } from '../ui/button.tsx';
import { Icon } from '../ui/icon.tsx';
import { Menu, type MenuItem } from '../ui/menu.tsx';

const kindIcon = { channel: 'hash', group: 'lock' } as const;

/** One conversation of the list, with what is new in it. */
export function ConversationRow({ conversation }: { conversation: ListedConversation }) {
  const { id, kind, muted, unread, mentions, peer } = conversation;
  const [menuOpen, setMenuOpen] = useState(false);
  const calls = muted || kind !== 'direct' ? mentions : unread;
  const title = titleOf(conversation);
  const classes = ['sidebar-row', unread > 0 && !muted ? 'sidebar-unread' : '', muted ? 'sidebar-muted' : ''];
  return (
    <li class={`sidebar-item ${menuOpen ? 'sidebar-item-open' : ''}`}>
      <a class={classes.join(' ')} href={pathOf(id)} aria-current={openId.value === id ? 'page' : undefined}>
        {kind === 'direct' ? (
          <Avatar user={peer ?? myId()} size={20} presence />
        ) : (
          <Icon name={kindIcon[kind]} size={16} />
        )}
        <span class="sidebar-name">{title}</span>
        {muted ? <Icon name="bell-off" size={16} /> : null}
        {calls > 0 ? (
          <Badge count={calls} label={kind === 'direct' ? 'unread messages' : 'unread mentions'} />
        ) : unread > 0 && !muted ? (
          <Badge count={unread} label="unread messages" tone="whisper" />
        ) : null}
      </a>
      <Menu
        label={`${title}: actions`}
        onToggle={setMenuOpen}
        items={actionsOn(conversation)}
        trigger={(props) => (
          <IconButton {...props} class="sidebar-more" icon="more" size="s" label={`More about ${title}`} />
        )}
      />
    </li>
  );
}

function actionsOn({ id, head, unread, mentions, muted }: ListedConversation): MenuItem[] {
  const read: MenuItem = { label: 'Mark as read', icon: 'check', run: () => markRead(id, head.head) };
  return [
    ...(unread + mentions > 0 ? [read] : []),
    muted
      ? { label: 'Unmute', icon: 'bell', run: () => mute(id, false) }
      : { label: 'Mute', icon: 'bell-off', run: () => mute(id, true) },
    {
      label: 'Copy link',
      icon: 'link',
      run: () => void navigator.clipboard.writeText(`${location.origin}${pathOf(id)}`),
    },
  ];
}
