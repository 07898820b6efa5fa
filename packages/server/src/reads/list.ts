import { type ConversationId, type ConversationList, type ListedConversation, ParleyError } from '@parley/protocol';
import type { Principal } from '../gateway/port.ts';
import type { Store } from '../store/port.ts';
import { see, summary } from './access.ts';
import { shown } from './erased.ts';
import { peopleOf, profilesOf } from './people.ts';
import type { StreamStates } from './states.ts';

/** Badges say "99+" beyond it. */
export const countAtMost = 100;

export interface Unread {
  readonly marker: number;
  readonly unread: number;
  readonly mentions: number;
}

/** What of a conversation somebody has not read, counted in the store: exact up to `countAtMost`. */
export async function unreadOf(
  { store, states }: { store: Store; states: StreamStates },
  principal: Principal,
  conversation: ConversationId,
): Promise<Unread> {
  const { since } = await see(states, principal, conversation);
  const marker = (await states.user(principal.user))?.markers.get(conversation) ?? 0;
  const { messages, mentions } = await store.countUnread({
    stream: conversation,
    after: Math.max(marker, since - 1),
    reader: principal.user,
    thread: 'none',
    atMost: countAtMost,
  });
  return { marker, unread: messages, mentions };
}

/** Everything the list of conversations shows. */
export async function listConversations(
  context: { store: Store; states: StreamStates },
  principal: Principal,
): Promise<ConversationList> {
  const own = await context.states.user(principal.user);
  const entries = await Promise.all(
    Array.from(own?.conversations ?? [], ([id, { muted }]) => listed(context, principal, id, muted)),
  );
  const conversations = entries.filter((entry) => entry !== undefined);
  const people = peopleOf(conversations.flatMap(({ lastMessage }) => (lastMessage === undefined ? [] : [lastMessage])));
  for (const { peer } of conversations) if (peer !== undefined) people.add(peer);
  return {
    conversations,
    userHead: own?.head ?? 0,
    people: await profilesOf(context.store, people),
    preferences: (own?.preferences ?? {}) as ConversationList['preferences'],
  };
}

async function listed(
  context: { store: Store; states: StreamStates },
  principal: Principal,
  id: ConversationId,
  muted: boolean,
): Promise<ListedConversation | undefined> {
  try {
    const visible = await see(context.states, principal, id);
    const [counts, [lastMessage]] = await Promise.all([
      unreadOf(context, principal, id),
      context.store.messages({ stream: id, from: visible.since, limit: 1, direction: 'backward', thread: 'none' }),
    ]);
    return {
      ...summary(visible, principal),
      ...counts,
      muted,
      ...(lastMessage === undefined ? {} : { lastMessage: shown(lastMessage) }),
    };
  } catch (error) {
    // Removed from it, and the news of that is still on its way to their own stream.
    if (error instanceof ParleyError && error.code === 'not-found') return undefined;
    throw error;
  }
}
