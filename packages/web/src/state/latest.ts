import type { ConversationId } from '@parley/client';
import { rest } from './api.ts';
import { changeConversation, conversations } from './conversations.ts';
import { learnPeople } from './people.ts';

/** Conversations whose newest message is only known by their head having moved. */
const stale = new Set<ConversationId>();

export const latestMoved = (id: ConversationId): void => void stale.add(id);

/** Reads the newest message of a conversation, for who shows it, if it is not the one known. */
export async function freshenLatest(id: ConversationId): Promise<void> {
  const known = conversations.peek().get(id);
  if (known === undefined || (!stale.has(id) && known.lastMessage !== undefined)) return;
  stale.delete(id);
  const { messages, people } = await rest.messages(id, { limit: 1 });
  const latest = messages.at(-1);
  learnPeople(people);
  if (latest !== undefined) changeConversation(id, (one) => ({ ...one, lastMessage: latest }));
}
