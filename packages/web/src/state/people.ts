import type { Profile, UserId } from '@parley/client';
import { computed } from '@preact/signals';
import { rest } from './api.ts';
import { mapSignal } from './signals.ts';

const known = mapSignal<UserId, Profile>();

/** Everybody met so far, by id. */
export const people = known.signal;

/** Everybody met so far, by the handle in lower case: what a text's `@name` means. */
export const peopleByName = computed(
  () => new Map([...people.value.values()].map((one) => [one.name.toLowerCase(), one])),
);

export function learnPeople(profiles: readonly Profile[]): void {
  const news = profiles.filter((profile) => JSON.stringify(people.peek().get(profile.id)) !== JSON.stringify(profile));
  if (news.length > 0) known.setAll(news.map((profile) => [profile.id, profile]));
}

/** What people are called on screen; a person not met yet is fetched and shown when known. */
export function displayNameOf(user: UserId): string {
  return people.value.get(user)?.displayName ?? '…';
}

const wanted = new Set<UserId>();
/** Ids one request may name. */
const maxIds = 100;
let scheduled = false;

/** Fetches who is not known yet; many askers at once cost one request. */
export function meet(users: Iterable<UserId>): void {
  for (const user of users) if (!people.peek().has(user)) wanted.add(user);
  if (wanted.size === 0 || scheduled) return;
  scheduled = true;
  queueMicrotask(() => void fetchWanted());
}

async function fetchWanted(): Promise<void> {
  const ids = [...wanted].slice(0, maxIds);
  for (const id of ids) wanted.delete(id);
  scheduled = false;
  try {
    learnPeople(await rest.users({ ids }));
  } catch {
    // A name that stays unknown is asked for again with the next message; it is no reason to alarm anybody.
  }
  meet([]);
}

export const forgetPeople = (): void => known.clear();
