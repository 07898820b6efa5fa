import { isConversationStream, type StreamId, type UserId } from '@parley/protocol';
import type { StreamState } from '../stream/types.ts';

/** Signals of a conversation come from its members; those of a person from that person. */
export function isSignalAllowed(stream: StreamId, actor: UserId, state: StreamState | undefined): boolean {
  if (!isConversationStream(stream)) return (stream as string) === (actor as string);
  return state?.type === 'conversation' && state.members.has(actor);
}
