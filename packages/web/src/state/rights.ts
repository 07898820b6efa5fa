import { type Action, type ConversationId, may } from '@parley/client';
import { conversationOf } from './conversations.ts';
import { me } from './session.ts';

/** Whether one may do this in a conversation now. An archived one is only read; to bring it back is a right of its own. */
export function allowed(id: ConversationId, action: Action): boolean {
  const conversation = conversationOf(id);
  if (conversation === undefined) return false;
  if (conversation.archived && action !== 'read' && action !== 'archive' && action !== 'leave') return false;
  return may(action, conversation.kind, conversation.role, me.value?.serverRole);
}
