import {
  type ConversationEvent,
  isConversationStream,
  type StreamEvent,
  type StreamId,
  type UserEvent,
  type UserId,
} from '@parley/protocol';
import { evolveConversation } from './evolve-conversation.ts';
import { emptyUser, evolveUser } from './evolve-user.ts';
import type { StreamState } from './types.ts';

/**
 * The state after an event. Pure: the state before it stays as it was.
 * @throws Error when the event is not the next one, which would mean that the log has a hole
 */
export function evolve(state: StreamState | undefined, stream: StreamId, event: StreamEvent): StreamState {
  const head = state?.head ?? 0;
  if (event.seq !== head + 1) throw new Error(`event ${event.seq} cannot follow ${head} in ${stream}`);
  if (isConversationStream(stream)) {
    return evolveConversation(state?.type === 'conversation' ? state : undefined, stream, event as ConversationEvent);
  }
  return evolveUser(state?.type === 'user' ? state : emptyUser(stream as string as UserId), event as UserEvent);
}
