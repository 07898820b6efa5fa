import { type EventPage, isConversationStream, type StreamId } from '@parley/protocol';
import type { Principal } from '../gateway/port.ts';
import type { StreamStore } from '../store/port.ts';
import { see } from './access.ts';
import type { StreamStates } from './states.ts';

/** Events after a seq of a conversation, or of the asker's own stream; nothing that the asker may not see. */
export async function readEvents(
  { store, states }: { readonly store: StreamStore; readonly states: StreamStates },
  principal: Principal,
  stream: StreamId,
  after: number,
  limit: number,
): Promise<EventPage> {
  let from = after + 1;
  if (isConversationStream(stream)) from = Math.max(from, (await see(states, principal, stream)).since);
  const head = await store.head(stream);
  return { events: [...(await store.read(stream, from, head, limit))], head };
}
