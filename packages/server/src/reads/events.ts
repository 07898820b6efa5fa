import { type EventPage, isConversationStream, type StreamId } from '@parley/protocol';
import type { Principal } from '../gateway/port.ts';
import type { StreamStore } from '../store/port.ts';
import { see } from './access.ts';
import { withoutDeleted } from './erased.ts';
import type { StreamStates } from './states.ts';

/**
 * Events after a seq of a conversation, or of the asker's own stream; nothing that the asker may not see. The right was
 * judged at one head, and nothing later is read: the very next event may be the one that ends it.
 */
export async function readEvents(
  { store, states }: { readonly store: StreamStore; readonly states: StreamStates },
  principal: Principal,
  stream: StreamId,
  after: number,
  limit: number,
): Promise<EventPage> {
  if (!isConversationStream(stream)) {
    const head = await store.head(stream);
    return { events: [...(await store.read(stream, after + 1, head, limit))], head };
  }
  const { state, since } = await see(states, principal, stream);
  const from = Math.max(after + 1, since);
  const events = await withoutDeleted(store, stream, state, await store.read(stream, from, state.head, limit));
  return { events: [...events], head: state.head };
}
