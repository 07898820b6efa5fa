import { type Conversation, type ConversationId, ParleyError } from '@parley/protocol';
import type { Principal } from '../gateway/port.ts';
import { headOf, visibleFrom } from '../stream/index.ts';
import type { ConversationState } from '../stream/types.ts';
import type { StreamStates } from './states.ts';

/** A conversation that the asker may see, and from where. */
export interface Visible {
  readonly state: ConversationState;
  readonly since: number;
}

/** Rejects with `not-found`, alike for what does not exist and for what the asker may not see. */
export async function see(states: StreamStates, { user, serverRole }: Principal, id: ConversationId): Promise<Visible> {
  const state = await states.conversation(id);
  const since = state === undefined ? undefined : visibleFrom(state, user, serverRole);
  if (state === undefined || since === undefined) throw new ParleyError('not-found');
  return { state, since };
}

export function summary({ state, since }: Visible, { user }: Principal): Conversation {
  const role = state.members.get(user)?.role;
  const { slowModeMs, readOnly, approval } = state.rules;
  const silencedUntil = state.silenced.get(user);
  const peer = state.kind === 'direct' ? [...state.members.keys()].find((member) => member !== user) : undefined;
  return {
    id: state.stream,
    kind: state.kind,
    name: state.name,
    topic: state.topic,
    archived: state.archived,
    createdAt: state.createdAt,
    memberCount: state.members.size,
    since,
    head: headOf(state),
    ...(role === undefined ? {} : { role }),
    ...(peer === undefined ? {} : { peer }),
    ...(slowModeMs === 0 ? {} : { slowModeMs }),
    ...(readOnly ? { readOnly } : {}),
    ...(approval ? { approval } : {}),
    ...(silencedUntil === undefined ? {} : { silencedUntil }),
    ...(state.requests.has(user) ? { requested: true } : {}),
  };
}
