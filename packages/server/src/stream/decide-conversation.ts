import {
  type Action,
  type ConversationCommand,
  directConversationId,
  isAdministratorOf,
  isDirectConversationId,
  may,
  mayOnServer,
  type Role,
  type StreamEvent,
} from '@parley/protocol';
import { decideMembership } from './decide-membership.ts';
import { decideMessage } from './decide-message.ts';
import { decideModeration } from './decide-moderation.ts';
import { refuse, unchanged } from './refuse.ts';
import type { ConversationState, Decision, Rows, Wish } from './types.ts';
import { visibleFrom } from './visibility.ts';

/** What deciding a command of an existing conversation works with. */
export interface Judged {
  readonly state: ConversationState;
  readonly wish: Wish;
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly role: Role | undefined;
  /** The role whose weight the actor has towards members: an owner's for the server's administrators in channels. */
  readonly authority: Role;
  readonly rows: Rows;
  /** Whether the actor may; members by the table, strangers by theirs, the server's administrators in channels. */
  may(action: Action): boolean;
  event(body: EventBody): Decision;
}

type DistributiveOmit<Value, Keys extends PropertyKey> = Value extends unknown ? Omit<Value, Keys> : never;
/** An event without what every event has. */
export type EventBody = DistributiveOmit<StreamEvent, 'seq' | 'at' | 'actor' | 'cid'>;

export function decideConversation(state: ConversationState | undefined, wish: Wish, at: number, rows: Rows): Decision {
  const command = wish.command as ConversationCommand;
  const event = (body: EventBody): Decision => ({
    type: 'event',
    event: { ...body, seq: (state?.head ?? 0) + 1, at, actor: wish.actor, cid: wish.cid },
  });
  if (command.type === 'create') return create(state, wish, command, event);
  if (state === undefined) return refuse('not-found');
  if (visibleFrom(state, wish.actor, wish.serverRole) === undefined) return refuse('not-found');
  const role = state.members.get(wish.actor)?.role;
  // No effect of another stream is addressed to a conversation, so `system` has no rank here.
  const serverRole = wish.serverRole === 'system' ? 'guest' : wish.serverRole;
  const judged: Judged = {
    state,
    wish,
    at,
    role,
    authority: isAdministratorOf(state.kind, serverRole) ? 'owner' : (role ?? 'guest'),
    rows,
    may: (action) => may(action, state.kind, role, serverRole),
    event,
  };
  if (state.archived && !(command.type === 'archive' || command.type === 'leave')) return refuse('archived');
  switch (command.type) {
    case 'post':
    case 'edit':
    case 'delete':
    case 'react':
    case 'pin':
      return decideMessage(judged, command);
    case 'rename':
      if (!judged.may('rename')) return refuse('forbidden');
      return command.name === state.name ? unchanged : event({ type: 'renamed', name: command.name });
    case 'setTopic':
      if (!judged.may('setTopic')) return refuse('forbidden');
      return command.topic === state.topic ? unchanged : event({ type: 'topicSet', topic: command.topic });
    case 'archive':
      if (!judged.may('archive')) return refuse('forbidden');
      return command.on === state.archived ? unchanged : event({ type: 'archived', on: command.on });
    case 'invite':
    case 'join':
    case 'leave':
    case 'remove':
    case 'setRole':
      return decideMembership(judged, command);
    case 'hide':
    case 'silence':
    case 'ban':
    case 'setRules':
    case 'admit':
      return decideModeration(judged, command);
    default:
      return refuse('bad-request', 'command.type');
  }
}

function create(
  state: ConversationState | undefined,
  wish: Wish,
  command: Extract<ConversationCommand, { type: 'create' }>,
  event: (body: EventBody) => Decision,
): Decision {
  const others = [...new Set(command.members)].filter((user) => user !== wish.actor);
  if (command.kind === 'direct') {
    const [other] = others;
    if (other === undefined || others.length > 1 || directConversationId(wish.actor, other) !== wish.stream) {
      return refuse('bad-request', 'command.members');
    }
    if (state !== undefined) return state.members.has(wish.actor) ? unchanged : refuse('already-exists');
  } else {
    if (isDirectConversationId(wish.stream)) return refuse('bad-request', 'stream');
    if (state !== undefined) return refuse('already-exists');
    const action = command.kind === 'group' ? 'createGroup' : 'createChannel';
    if (wish.serverRole === 'system' || !mayOnServer(action, wish.serverRole)) return refuse('forbidden');
    if (command.name === undefined) return refuse('bad-request', 'command.name');
  }
  const othersRole: Role = command.kind === 'direct' ? 'owner' : 'member';
  return event({
    type: 'created',
    kind: command.kind,
    name: command.name ?? '',
    topic: command.topic ?? '',
    members: [{ user: wish.actor, role: 'owner' }, ...others.map((user) => ({ user, role: othersRole }))],
  });
}
