import type { ConversationId, MemberEntry } from '@parley/client';
import { rest } from './api.ts';
import { learnPeople } from './people.ts';
import { mapSignal } from './signals.ts';
import { failed } from './toasts.ts';

const held = mapSignal<ConversationId, readonly MemberEntry[]>();
const loading = new Map<ConversationId, Promise<void>>();

/** The members of a conversation by name, once they were read. */
export const membersOf = (id: ConversationId): readonly MemberEntry[] | undefined => held.signal.value.get(id);

/** Reads the members; many askers at once cost one request. */
export function loadMembers(id: ConversationId): Promise<void> {
  const under = loading.get(id);
  if (under !== undefined) return under;
  const reading = read(id).finally(() => loading.delete(id));
  loading.set(id, reading);
  return reading;
}

async function read(id: ConversationId): Promise<void> {
  try {
    const members = await rest.members(id);
    learnPeople(members.map(({ user }) => user));
    held.set(
      id,
      members.toSorted((a, b) => a.user.displayName.localeCompare(b.user.displayName)),
    );
  } catch (error) {
    failed(error);
  }
}
