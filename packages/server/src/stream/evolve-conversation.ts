import type { ConversationEvent, ConversationId, Role, UserId } from '@parley/protocol';
import { withEntries, withEntry, withoutEntry } from './layered-map.ts';
import { greaterCid, noCid } from './newest-cid.ts';
import type { ConversationState, MemberState } from './types.ts';

export function evolveConversation(
  state: ConversationState | undefined,
  stream: ConversationId,
  event: ConversationEvent,
): ConversationState {
  if (event.type === 'created') return created(stream, event);
  if (state === undefined) throw new Error(`${stream} begins with ${event.type}`);
  const next = { ...state, head: event.seq, newestCid: greaterCid(state.newestCid, event.cid) };
  switch (event.type) {
    case 'posted': {
      const mass = event.mass === undefined ? state.mass : state.mass + 1;
      const lastPosts = state.rules.slowModeMs === 0 ? state.lastPosts : slowed(state, event.actor, event.at);
      return event.thread === undefined
        ? { ...next, mass, lastPosts, posts: state.posts + 1 }
        : { ...next, mass, lastPosts, replies: state.replies + 1 };
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
      return {
        ...next,
        members: withMembers(state.members, event.members, event.seq),
        requests: event.members.reduce((waiting, { user }) => withoutEntry(waiting, user), state.requests),
        changes: state.changes + 1,
      };
    case 'memberRemoved': {
      const isBan = event.how === 'banned';
      return {
        ...next,
        members: withoutEntry(state.members, event.user),
        banned: isBan ? withEntry(state.banned, event.user, event.seq) : state.banned,
        requests: isBan ? withoutEntry(state.requests, event.user) : state.requests,
        changes: state.changes + 1,
      };
    }
    case 'roleSet': {
      const since = state.members.get(event.user)?.since ?? event.seq;
      return {
        ...next,
        members: withEntry(state.members, event.user, { role: event.role, since }),
        changes: state.changes + 1,
      };
    }
    case 'hidden':
      return { ...next, hides: event.on ? state.hides + 1 : state.hides };
    case 'silenced':
      return { ...next, silenced: silenced(state.silenced, event), changes: state.changes + 1 };
    case 'banLifted':
      return { ...next, banned: withoutEntry(state.banned, event.user), changes: state.changes + 1 };
    case 'rulesSet': {
      const { slowModeMs, readOnly, approval } = event;
      return {
        ...next,
        rules: { slowModeMs, readOnly, approval },
        lastPosts: slowModeMs === 0 ? new Map() : state.lastPosts,
        changes: state.changes + 1,
      };
    }
    case 'joinRequested':
      return {
        ...next,
        requests: withEntry(state.requests, event.actor, event.at),
        changes: state.changes + 1,
      };
    case 'joinDeclined':
      return { ...next, requests: withoutEntry(state.requests, event.user), changes: state.changes + 1 };
  }
}

/** What a conversation has before anybody moderates it; also what those of an earlier version lack. */
export const unmoderated: Pick<
  ConversationState,
  'rules' | 'silenced' | 'banned' | 'requests' | 'lastPosts' | 'hides'
> = {
  rules: { slowModeMs: 0, readOnly: false, approval: false },
  silenced: new Map(),
  banned: new Map(),
  requests: new Map(),
  lastPosts: new Map(),
  hides: 0,
};

/** Those whose time is over go with the next one that comes. */
function silenced(
  known: ConversationState['silenced'],
  { user, until, at }: Extract<ConversationEvent, { type: 'silenced' }>,
): ConversationState['silenced'] {
  const still = new Map([...known].filter(([other, end]) => other !== user && end > at));
  return until === 0 ? still : still.set(user, until);
}

/** People whose last message slow mode may remember; with more, the earliest of them may write too soon. */
const maxSlowed = 10_000;
/** So many of them are kept then. */
const keptSlowed = 8_000;

function slowed(state: ConversationState, user: UserId, at: number): ConversationState['lastPosts'] {
  const last = withEntry(state.lastPosts, user, at);
  // Looked through once in about as many events as it has entries: a message costs the same however many have written.
  if (state.head % 2 ** Math.floor(Math.log2(last.size)) !== 0 && last.size <= maxSlowed) return last;
  const held = [...last].filter(([, posted]) => posted + state.rules.slowModeMs > at);
  if (held.length <= maxSlowed) return new Map(held);
  return new Map(held.toSorted(([, one], [, other]) => one - other).slice(-keptSlowed));
}

function created(stream: ConversationId, event: Extract<ConversationEvent, { type: 'created' }>): ConversationState {
  return {
    type: 'conversation',
    stream,
    head: event.seq,
    newestCid: greaterCid(noCid, event.cid),
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
    ...unmoderated,
  };
}

function withMembers(
  members: ReadonlyMap<UserId, MemberState>,
  added: readonly { readonly user: UserId; readonly role: Role }[],
  since: number,
): ReadonlyMap<UserId, MemberState> {
  return withEntries(
    members,
    added.map(({ user, role }) => [user, { role, since }] as const),
  );
}
