import { isAdministratorOf, type UserId } from '@parley/protocol';
import type { ConversationState, Wish } from './types.ts';

/**
 * The first seq somebody may see, `undefined` for none. Channels are open to everybody but the server's guests, from
 * their beginning; private conversations to their members, from the event that made them one. Who is banned sees nothing, but
 * for the server's administrators in channels: they keep order there, whatever a moderator thinks of them.
 */
export function visibleFrom(
  state: ConversationState,
  user: UserId,
  serverRole: Wish['serverRole'],
): number | undefined {
  const isOverseer = serverRole !== 'system' && isAdministratorOf(state.kind, serverRole);
  if (state.banned.has(user) && !isOverseer) return undefined;
  const member = state.members.get(user);
  if (state.kind === 'channel') return member !== undefined || serverRole !== 'guest' ? 1 : undefined;
  return member?.since;
}
