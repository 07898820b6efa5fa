import type { Message, Profile, UserId } from '@parley/protocol';
import type { Account, RecordStore } from '../store/port.ts';

/** What everybody signed in may see of an account. */
export const profileOf = ({ id, name, displayName, color, status, serverRole }: Account): Profile => ({
  id,
  name,
  displayName,
  color,
  status,
  serverRole,
});

export async function profilesOf(store: RecordStore, users: Iterable<UserId>): Promise<Profile[]> {
  const ids = [...new Set(users)];
  return ids.length === 0 ? [] : (await store.accountsById(ids)).map(profileOf);
}

/** Everybody whose face or name a message shows. */
export function peopleOf(messages: Iterable<Message>): Set<UserId> {
  const people = new Set<UserId>();
  for (const { actor, mentions, replies, reactions } of messages) {
    people.add(actor);
    for (const user of mentions ?? []) people.add(user);
    for (const user of replies?.users ?? []) people.add(user);
    for (const { users } of reactions ?? []) for (const user of users.slice(0, 10)) people.add(user);
  }
  return people;
}
