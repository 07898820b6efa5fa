import type { UserId } from '@parley/client';
import { useEffect } from 'preact/hooks';
import { relative } from '../state/format.ts';
import { meet, people } from '../state/people.ts';
import { presences, showFaces } from '../state/presence.ts';
import { Avatar } from '../ui/avatar.tsx';

const serverRoles = { owner: 'Owner of this server', admin: 'Administrator', member: '', guest: 'Guest' } as const;

/** Who somebody is: face, names, status, and whether they are here. */
export function PersonSummary({ user }: { user: UserId }) {
  useEffect(() => {
    meet([user]);
    showFaces('person', [user]);
    return () => showFaces('person', []);
  }, [user]);
  const profile = people.value.get(user);
  const presence = presences.value.get(user);
  const state =
    presence?.state === 'online'
      ? 'Here now'
      : presence?.state === 'away'
        ? 'Away'
        : presence?.lastSeen === undefined
          ? 'Offline'
          : `Last seen ${relative(presence.lastSeen)}`;
  const role = profile === undefined ? '' : serverRoles[profile.serverRole];
  return (
    <div class="person">
      <Avatar user={user} size={56} presence />
      <div class="person-names">
        <p class="person-name">{profile?.displayName ?? '…'}</p>
        <p class="person-handle">
          {profile === undefined ? '' : `@${profile.name}`}
          {role === '' ? '' : ` · ${role}`}
        </p>
        <p class="person-presence">{state}</p>
      </div>
      {profile === undefined || profile.status === '' ? null : <p class="person-status">{profile.status}</p>}
    </div>
  );
}
