import { type ConversationCommand, limits, outranks, ParleyError, type UserId } from '@parley/protocol';
import type { Judged } from './decide-conversation.ts';
import { isLastOwner } from './decide-membership.ts';
import { refuse, unchanged } from './refuse.ts';
import type { Decision } from './types.ts';

type ModerationCommand = Extract<ConversationCommand, { type: 'hide' | 'silence' | 'ban' | 'setRules' | 'admit' }>;

export function decideModeration(judged: Judged, command: ModerationCommand): Decision {
  if (!judged.may(command.type)) return refuse('forbidden');
  switch (command.type) {
    case 'hide':
      return hide(judged, command);
    case 'silence':
      return silence(judged, command);
    case 'ban':
      return command.on ? ban(judged, command.user) : liftBan(judged, command.user);
    case 'setRules':
      return setRules(judged, command);
    case 'admit':
      return admit(judged, command);
  }
}

/** Why somebody may not write here now, if so: they are silenced, or only moderators write. */
export function refuseWriting(judged: Judged): Decision | undefined {
  const silent = refuseSilenced(judged);
  if (silent !== undefined) return silent;
  return judged.state.rules.readOnly && !judged.may('overrule') ? refuse('read-only') : undefined;
}

export function refuseSilenced({ state, wish, at }: Judged): Decision | undefined {
  const until = state.silenced.get(wish.actor) ?? 0;
  return until > at ? later('silenced', until - at) : undefined;
}

/** Slow mode: one message in a while from each who is no moderator. */
export function refuseSlowed(judged: Judged): Decision | undefined {
  const { state, wish, at } = judged;
  const { slowModeMs } = state.rules;
  if (slowModeMs === 0 || judged.may('overrule')) return undefined;
  const next = (state.lastPosts.get(wish.actor) ?? Number.NEGATIVE_INFINITY) + slowModeMs;
  return next > at ? later('slow-mode', next - at) : undefined;
}

const later = (code: 'silenced' | 'slow-mode', retryAfterMs: number): Decision => ({
  type: 'rejected',
  error: new ParleyError(code, { retryAfterMs }),
});

function hide(judged: Judged, { target, on }: Extract<ModerationCommand, { type: 'hide' }>): Decision {
  const row = judged.rows.get(target);
  if (row === undefined || row.deleted === true) return refuse('no-such-message', 'command.target');
  return (row.hidden === true) === on ? unchanged : judged.event({ type: 'hidden', target, on });
}

function silence(judged: Judged, { user, forMs }: Extract<ModerationCommand, { type: 'silence' }>): Decision {
  const { state, authority, wish, at } = judged;
  const target = state.members.get(user);
  const until = state.silenced.get(user) ?? 0;
  if (forMs === 0 && until <= at) return unchanged;
  if (target === undefined && forMs > 0) return refuse('not-a-member', 'command.user');
  const isAbove = target === undefined || outranks(authority, target.role);
  if (user === wish.actor || !isAbove) return refuse('forbidden', 'command.user');
  if (forMs > 0 && until === 0 && state.silenced.size >= limits.maxSilenced) return refuse('limit-reached');
  return judged.event({ type: 'silenced', user, until: forMs === 0 ? 0 : at + forMs });
}

function ban(judged: Judged, user: UserId): Decision {
  const { state, authority, wish } = judged;
  const target = state.members.get(user);
  if (user === wish.actor || (target !== undefined && !outranks(authority, target.role)))
    return refuse('forbidden', 'command.user');
  if (state.banned.has(user)) return unchanged;
  if (isLastOwner(state, user) && state.members.size > 1) return refuse('last-owner');
  if (state.banned.size >= limits.maxBans) return refuse('limit-reached');
  return judged.event({ type: 'memberRemoved', user, how: 'banned' });
}

function liftBan(judged: Judged, user: UserId): Decision {
  if (user === judged.wish.actor) return refuse('forbidden', 'command.user');
  return judged.state.banned.has(user) ? judged.event({ type: 'banLifted', user }) : unchanged;
}

function setRules(judged: Judged, command: Extract<ModerationCommand, { type: 'setRules' }>): Decision {
  const { rules, kind } = judged.state;
  const slowModeMs = command.slowModeMs ?? rules.slowModeMs;
  const readOnly = command.readOnly ?? rules.readOnly;
  const approval = command.approval ?? rules.approval;
  // Into a group one is invited; there is nobody to wait.
  if (approval && kind !== 'channel') return refuse('bad-request', 'command.approval');
  const isSame = slowModeMs === rules.slowModeMs && readOnly === rules.readOnly && approval === rules.approval;
  return isSame ? unchanged : judged.event({ type: 'rulesSet', slowModeMs, readOnly, approval });
}

function admit(judged: Judged, { user, on }: Extract<ModerationCommand, { type: 'admit' }>): Decision {
  const { state } = judged;
  if (state.members.has(user)) return refuse('already-member', 'command.user');
  if (!state.requests.has(user)) return refuse('not-a-member', 'command.user');
  if (!on) return judged.event({ type: 'joinDeclined', user });
  return judged.event({ type: 'membersAdded', members: [{ user, role: 'member' }], how: 'approved' });
}
