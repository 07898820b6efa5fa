import { isConversationStream, may, type StreamId, type UserId } from '@parley/protocol';
import type { StreamState } from '../stream/types.ts';

/** Signals of a conversation come from those members who may post in it; those of a person from that person. */
export function isSignalAllowed(stream: StreamId, actor: UserId, state: StreamState | undefined): boolean {
  if (!isConversationStream(stream)) return (stream as string) === (actor as string);
  if (state?.type !== 'conversation') return false;
  const role = state.members.get(actor)?.role;
  return role !== undefined && may('post', state.kind, role);
}
