import { isConversationStream } from '@parley/protocol';
import { decideConversation } from './decide-conversation.ts';
import { decideUser } from './decide-user.ts';
import { refuse } from './refuse.ts';
import type { Decision, Rows, StreamState, Wish } from './types.ts';

/**
 * Judges one wish: the event it becomes, or why not. Pure: the caller brings the time, and the rows of the messages
 * that `rowsNeeded` names. Whether the wish was answered before is the caller's to know.
 * @param at milliseconds since 1970
 */
export function decide(state: StreamState | undefined, wish: Wish, at: number, rows: Rows): Decision {
  if (isConversationStream(wish.stream)) {
    return state?.type === 'user' ? refuse('not-found') : decideConversation(state, wish, at, rows);
  }
  return state?.type === 'conversation' ? refuse('not-found') : decideUser(state, wish, at);
}
