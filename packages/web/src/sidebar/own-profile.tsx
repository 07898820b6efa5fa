import { theme } from '../state/preferences.ts';
import { presences } from '../state/presence.ts';
import { dialog } from '../state/screen.ts';
import { me, signOut } from '../state/session.ts';
import { connection } from '../state/sync.ts';
import { failed } from '../state/toasts.ts';
import { Avatar } from '../ui/avatar.tsx';
import { IconButton } from '../ui/button.tsx';
import { Menu, type MenuItem } from '../ui/menu.tsx';

const stateNames = { online: 'Online', away: 'Away', offline: 'Offline' } as const;

/** Oneself, at the foot of the list. */
export function OwnProfile() {
  const profile = me.value;
  if (profile === undefined) return null;
  const isConnected = connection.value.state === 'online';
  const state = (isConnected ? presences.value.get(profile.id)?.state : undefined) ?? 'offline';
  return (
    <div class="own">
      <Menu
        label="You"
        items={ownActions()}
        trigger={(props) => (
          <button {...props} type="button" class="own-button">
            <Avatar user={profile.id} size={36} presence={isConnected} />
            <span class="own-text">
              <span class="own-name">{profile.displayName}</span>
              <span class="own-status">{profile.status === '' ? stateNames[state] : profile.status}</span>
            </span>
          </button>
        )}
      />
      <IconButton icon="settings" label="Settings" onClick={() => (dialog.value = { type: 'settings' })} />
    </div>
  );
}

function ownActions(): MenuItem[] {
  const isDark =
    theme.value === 'dark' || (theme.value === 'system' && matchMedia('(prefers-color-scheme: dark)').matches);
  return [
    { label: 'Profile and status', icon: 'user', run: () => (dialog.value = { type: 'settings', page: 'profile' }) },
    {
      label: isDark ? 'Light theme' : 'Dark theme',
      icon: isDark ? 'sun' : 'moon',
      run: () => (theme.value = isDark ? 'light' : 'dark'),
    },
    { label: 'Keyboard', icon: 'keyboard', run: () => (dialog.value = { type: 'settings', page: 'keyboard' }) },
    { label: 'Sign out', icon: 'sign-out', run: () => void signOut().catch(failed) },
  ];
}
