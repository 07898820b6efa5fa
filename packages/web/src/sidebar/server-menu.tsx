import mark from '../parley.svg?url';
import { dialog } from '../state/screen.ts';
import { about, me } from '../state/session.ts';
import { Icon } from '../ui/icon.tsx';
import { Menu, type MenuItem } from '../ui/menu.tsx';

/** The server's name; behind it, all that one can begin here. */
export function ServerMenu() {
  const name = about.value?.name ?? 'Parley';
  return (
    <header class="sidebar-server">
      <Menu
        label={name}
        items={beginnings(me.value?.serverRole === 'guest')}
        trigger={(props) => (
          <button {...props} type="button" class="server-button">
            <img src={mark} alt="" width="24" height="24" />
            <span class="server-name">{name}</span>
            <Icon name="chevron-down" size={16} />
          </button>
        )}
      />
    </header>
  );
}

function beginnings(isGuest: boolean): MenuItem[] {
  const invite: MenuItem = {
    label: 'Invite people',
    icon: 'user-plus',
    run: () => (dialog.value = { type: 'settings', page: 'invitations' }),
  };
  return [
    { label: 'Write to somebody', icon: 'edit', run: () => (dialog.value = { type: 'create', kind: 'direct' }) },
    { label: 'Browse channels', icon: 'hash', run: () => (dialog.value = { type: 'browse' }) },
    { label: 'Create a channel', icon: 'plus', run: () => (dialog.value = { type: 'create', kind: 'channel' }) },
    { label: 'Create a group', icon: 'lock', run: () => (dialog.value = { type: 'create', kind: 'group' }) },
    ...(isGuest ? [] : [invite]),
    { label: 'Settings', icon: 'settings', run: () => (dialog.value = { type: 'settings' }) },
  ];
}
