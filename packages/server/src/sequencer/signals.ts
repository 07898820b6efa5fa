import { isConversationStream, type StreamId, type UserId } from '@parley/protocol';
import type { StreamStore } from '../store/port.ts';
import { fold } from '../stream/index.ts';
import type { StreamState } from '../stream/types.ts';

/** Signals of a conversation come from its members; those of a person from that person. */
export async function isSignalAllowed(
  store: StreamStore,
  stream: StreamId,
  actor: UserId,
  known: StreamState | undefined,
): Promise<boolean> {
  if (!isConversationStream(stream)) return (stream as string) === (actor as string);
  const state = known ?? fold(stream, await store.load(stream));
  return state?.type === 'conversation' && state.members.has(actor);
}
