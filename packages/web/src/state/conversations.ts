import { type ConversationId, type ListedConversation, ParleyError, type Role, type UserId } from '@parley/client';
import { computed } from '@preact/signals';
import { live, rest } from './api.ts';
import { displayNameOf, meet, people } from './people.ts';
import { route } from './router.ts';
import { mapSignal } from './signals.ts';
import { failed } from './toasts.ts';
import { badgeCount } from './unread.ts';

const held = mapSignal<ConversationId, ListedConversation>();
const visited = mapSignal<ConversationId, ListedConversation>();

/** The conversations one is a member of. */
export const conversations = held.signal;

/** A conversation one is a member of, or looks at as a visitor. */
export const conversationOf = (id: ConversationId): ListedConversation | undefined =>
  conversations.value.get(id) ?? visited.signal.value.get(id);

export const isMember = (id: ConversationId): boolean => conversations.value.has(id);

export function setConversation(conversation: ListedConversation): void {
  if (conversations.peek().has(conversation.id)) held.set(conversation.id, conversation);
  else if (visited.signal.peek().has(conversation.id)) visited.set(conversation.id, conversation);
}

/** Replaces a conversation by what `change` makes of it, if it is known. */
export function changeConversation(
  id: ConversationId,
  change: (conversation: ListedConversation) => ListedConversation,
): void {
  const conversation = conversations.peek().get(id) ?? visited.signal.peek().get(id);
  if (conversation !== undefined) setConversation(change(conversation));
}

export function setConversations(list: readonly ListedConversation[]): void {
  held.clear();
  held.setAll(list.map((conversation) => [conversation.id, conversation]));
}

export const removeConversation = (id: ConversationId): void => held.delete(id);

/** What a conversation is called: a direct one by the other person. */
export function titleOf(conversation: Pick<ListedConversation, 'kind' | 'name' | 'peer'>): string {
  // Only erasing leaves a group or channel without a name.
  if (conversation.kind !== 'direct') return conversation.name === '' ? 'Erased conversation' : conversation.name;
  return conversation.peer === undefined ? 'Notes to yourself' : displayNameOf(conversation.peer);
}

const recencyOf = ({ lastMessage, createdAt }: ListedConversation): number => lastMessage?.at ?? createdAt;
const byTitle = (a: ListedConversation, b: ListedConversation): number => titleOf(a).localeCompare(titleOf(b));

/** The list of the sidebar: channels and groups by name, people by who spoke last. */
export const sections = computed(() => {
  const all = [...conversations.value.values()].filter(({ archived }) => !archived);
  return {
    channels: all.filter(({ kind }) => kind === 'channel').toSorted(byTitle),
    groups: all.filter(({ kind }) => kind === 'group').toSorted(byTitle),
    direct: all.filter(({ kind }) => kind === 'direct').toSorted((a, b) => recencyOf(b) - recencyOf(a)),
    archived: [...conversations.value.values()].filter(({ archived }) => archived).toSorted(byTitle),
  };
});

export const badges = computed(() => badgeCount(conversations.value.values()));

export const openId = computed(() => (route.value.page === 'conversation' ? route.value.id : undefined));

export const roleIn = (id: ConversationId): Role | undefined => conversationOf(id)?.role;

/** The other person of the direct conversation, where one has it already. */
export const directWith = (user: UserId): ConversationId | undefined =>
  [...conversations.peek().values()].find(({ kind, peer }) => kind === 'direct' && peer === user)?.id;

/** Reads a conversation anew: its name, topic, members' count and one's role, keeping what is counted here. */
export async function refetch(id: ConversationId): Promise<void> {
  try {
    const fresh = await rest.conversation(id);
    changeConversation(id, ({ head, ...old }) => {
      // What is not told any more is no longer so.
      const { role: _r, slowModeMs: _s, readOnly: _o, approval: _a, silencedUntil: _u, requested: _q, ...base } = old;
      return { ...base, ...fresh, head: head.head > fresh.head.head ? head : fresh.head };
    });
  } catch (error) {
    if (!(error instanceof ParleyError && error.code === 'not-found')) failed(error);
  }
}

/** Asks the server for the badge where arithmetic cannot tell it. */
export async function recount(id: ConversationId): Promise<void> {
  try {
    const { marker, unread, mentions } = await rest.unread(id);
    changeConversation(id, (conversation) => ({
      ...conversation,
      marker: Math.max(marker, conversation.marker),
      unread,
      mentions,
    }));
  } catch {
    // The badge keeps its older count; the next change of the conversation asks again.
  }
}

/** Puts a conversation that one has joined, was invited to or made into the list, and watches its badge. */
export async function addConversation(id: ConversationId): Promise<void> {
  const [conversation, { marker, unread, mentions }] = await Promise.all([rest.conversation(id), rest.unread(id)]);
  if (conversation.peer !== undefined) meet([conversation.peer]);
  visited.delete(id);
  held.set(id, { ...conversation, marker, unread, mentions, muted: conversations.peek().get(id)?.muted ?? false });
  if (openId.peek() !== id) live().watch(id, { level: 'head' });
}

/** Looks at a channel without joining it. Rejects with `not-found` where one may not. */
export async function visit(id: ConversationId): Promise<void> {
  const conversation = await rest.conversation(id);
  if (conversations.peek().has(id)) return;
  visited.set(id, { ...conversation, marker: conversation.head.head, unread: 0, mentions: 0, muted: false });
}

/** Everybody known by now, for pickers that must answer before the server does. */
export const acquaintances = computed(() =>
  [...people.value.values()].toSorted((a, b) => a.displayName.localeCompare(b.displayName)),
);
