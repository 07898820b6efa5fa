import { type ConversationCommand, limits, outranks, rank, type UserId } from '@parley/protocol';
import type { Judged } from './decide-conversation.ts';
import { refuse, unchanged } from './refuse.ts';
import type { ConversationState, Decision } from './types.ts';

type MembershipCommand = Extract<ConversationCommand, { type: 'invite' | 'join' | 'leave' | 'remove' | 'setRole' }>;

export function decideMembership(judged: Judged, command: MembershipCommand): Decision {
  switch (command.type) {
    case 'invite':
      return invite(judged, command);
    case 'join':
      return join(judged);
    case 'leave':
      return leave(judged);
    case 'remove':
      return remove(judged, command.user);
    case 'setRole':
      return setRole(judged, command);
  }
}

function invite(judged: Judged, command: Extract<MembershipCommand, { type: 'invite' }>): Decision {
  if (!judged.may('invite')) return refuse('forbidden');
  const role = command.role ?? 'member';
  if (judged.role !== undefined && judged.role !== 'owner' && rank(role) <= rank(judged.role) && role !== 'member') {
    return refuse('forbidden', 'command.role');
  }
  const { members, banned } = judged.state;
  const wanted = [...new Set(command.users)].filter((user) => !members.has(user));
  if (wanted.length === 0) return refuse('already-member', 'command.users');
  const fresh = wanted.filter((user) => !banned.has(user));
  if (fresh.length === 0) return refuse('banned', 'command.users');
  return judged.event({ type: 'membersAdded', members: fresh.map((user) => ({ user, role })), how: 'invited' });
}

function join(judged: Judged): Decision {
  if (judged.role !== undefined) return unchanged;
  if (!judged.may('join') || judged.wish.serverRole === 'guest') return refuse('forbidden');
  const { rules, requests, members } = judged.state;
  const { actor } = judged.wish;
  if (judged.state.banned.has(actor)) return refuse('banned');
  if (rules.approval && members.size > 0 && !judged.may('admit')) {
    if (requests.has(actor)) return unchanged;
    return requests.size >= limits.maxJoinRequests ? refuse('limit-reached') : judged.event({ type: 'joinRequested' });
  }
  // Whoever finds a channel that all have left takes it over: where there are members there is an owner.
  const role = members.size === 0 ? 'owner' : 'member';
  return judged.event({ type: 'membersAdded', members: [{ user: actor, role }], how: 'joined' });
}

function leave(judged: Judged): Decision {
  const { state, wish, role } = judged;
  if (role === undefined)
    return state.requests.has(wish.actor)
      ? judged.event({ type: 'joinDeclined', user: wish.actor })
      : refuse('not-a-member');
  if (!judged.may('leave')) return refuse('forbidden');
  if (isLastOwner(state, wish.actor) && state.members.size > 1) return refuse('last-owner');
  return judged.event({ type: 'memberRemoved', user: wish.actor, how: 'left' });
}

function remove(judged: Judged, user: UserId): Decision {
  const { state, authority } = judged;
  if (!judged.may('remove')) return refuse('forbidden');
  const target = state.members.get(user);
  if (target === undefined) return refuse('not-a-member', 'command.user');
  if (!outranks(authority, target.role)) return refuse('forbidden', 'command.user');
  if (isLastOwner(state, user) && state.members.size > 1) return refuse('last-owner');
  return judged.event({ type: 'memberRemoved', user, how: 'removed' });
}

function setRole(judged: Judged, command: Extract<MembershipCommand, { type: 'setRole' }>): Decision {
  const { state, authority } = judged;
  if (!judged.may('setRole')) return refuse('forbidden');
  const target = state.members.get(command.user);
  if (target === undefined) return refuse('not-a-member', 'command.user');
  if (!outranks(authority, target.role) || (authority !== 'owner' && rank(command.role) <= rank(authority)))
    return refuse('forbidden', 'command.role');
  if (target.role === command.role) return unchanged;
  if (isLastOwner(state, command.user)) return refuse('last-owner');
  return judged.event({ type: 'roleSet', user: command.user, role: command.role });
}

export function isLastOwner(state: ConversationState, user: UserId): boolean {
  if (state.members.get(user)?.role !== 'owner') return false;
  for (const [other, { role }] of state.members) if (other !== user && role === 'owner') return false;
  return true;
}
