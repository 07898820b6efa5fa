import type { ConversationEvent, ConversationId, Role, UserId } from '@parley/protocol';
import type { ConversationState, MemberState } from './types.ts';

export function evolveConversation(
  state: ConversationState | undefined,
  stream: ConversationId,
  event: ConversationEvent,
): ConversationState {
  if (event.type === 'created') return created(stream, event);
  if (state === undefined) throw new Error(`${stream} begins with ${event.type}`);
  const next = { ...state, head: event.seq };
  switch (event.type) {
    case 'posted': {
      const mass = event.mass === undefined ? state.mass : state.mass + 1;
      return event.thread === undefined
        ? { ...next, mass, posts: state.posts + 1 }
        : { ...next, mass, replies: state.replies + 1 };
    }
    case 'edited':
    case 'reacted':
      return next;
    case 'deleted':
      return { ...next, deletes: state.deletes + 1, pins: state.pins.filter((seq) => seq !== event.target) };
    case 'pinned':
      return {
        ...next,
        pins: event.on ? [...state.pins, event.target] : state.pins.filter((seq) => seq !== event.target),
      };
    case 'renamed':
      return { ...next, name: event.name, changes: state.changes + 1 };
    case 'topicSet':
      return { ...next, topic: event.topic, changes: state.changes + 1 };
    case 'archived':
      return { ...next, archived: event.on, changes: state.changes + 1 };
    case 'membersAdded':
      return { ...next, members: withMembers(state.members, event.members, event.seq), changes: state.changes + 1 };
    case 'memberRemoved': {
      const members = new Map(state.members);
      members.delete(event.user);
      return { ...next, members, changes: state.changes + 1 };
    }
    case 'roleSet': {
      const since = state.members.get(event.user)?.since ?? event.seq;
      return {
        ...next,
        members: new Map(state.members).set(event.user, { role: event.role, since }),
        changes: state.changes + 1,
      };
    }
  }
}

function created(stream: ConversationId, event: Extract<ConversationEvent, { type: 'created' }>): ConversationState {
  return {
    type: 'conversation',
    stream,
    head: event.seq,
    kind: event.kind,
    createdAt: event.at,
    name: event.name,
    topic: event.topic,
    archived: false,
    members: withMembers(new Map(), event.members, event.seq),
    pins: [],
    posts: 0,
    replies: 0,
    deletes: 0,
    mass: 0,
    changes: 0,
  };
}

function withMembers(
  members: ReadonlyMap<UserId, MemberState>,
  added: readonly { readonly user: UserId; readonly role: Role }[],
  since: number,
): ReadonlyMap<UserId, MemberState> {
  const all = new Map(members);
  for (const { user, role } of added) all.set(user, { role, since });
  return all;
}
