import './avatar.css';
import type { UserId } from '@parley/client';
import { meet, people } from '../state/people.ts';
import { presences } from '../state/presence.ts';

const characters = new Intl.Segmenter();
const firstOf = (word: string): string => characters.segment(word)[Symbol.iterator]().next().value?.segment ?? '';

/** "Ann Lee" is AL, "ann" is A; by whole characters, so that no emoji is cut in two. */
export function initialsOf(displayName: string): string {
  const words = displayName.split(/[\s._-]+/).filter((word) => word !== '');
  const letters = words.length > 1 ? [words[0], words.at(-1)] : [words[0]];
  return letters.map((word) => firstOf(word ?? '').toUpperCase()).join('');
}

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
