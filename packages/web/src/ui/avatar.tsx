import './avatar.css';
import type { UserId } from '@parley/client';
import { meet, people } from '../state/people.ts';
import { presences } from '../state/presence.ts';
import { initialsOf } from './initials.ts';

/** Somebody's face: initials on their colour. Decorative, since the name stands beside it. */
export function Avatar({
  user,
  size = 36,
  presence = false,
}: {
  user: UserId;
  size?: 20 | 28 | 36 | 56;
  /** Whether the dot is shown; who shows it also tells `showFaces`. */
  presence?: boolean;
}) {
  const profile = people.value.get(user);
  if (profile === undefined) meet([user]);
  const state = presence ? (presences.value.get(user)?.state ?? 'offline') : undefined;
  return (
    <span class={`avatar avatar-${size} avatar-color-${profile?.color ?? 'unknown'}`} aria-hidden="true">
      <span class="avatar-initials">{profile === undefined ? '' : initialsOf(profile.displayName)}</span>
      {state === undefined ? null : <span class={`avatar-presence avatar-${state}`} />}
    </span>
  );
}
