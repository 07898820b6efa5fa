import type { ConversationId, UserEvent, UserId } from '@parley/protocol';
import { withEntry, withoutEntry } from './layered-map.ts';
import { greaterCid, noCid } from './newest-cid.ts';
import type { UserState } from './types.ts';

const maxThreads = 500;
const maxMentions = 200;
const maxLeft = 1_000;

export const threadKey = (conversation: ConversationId, root: number): string => `${conversation}:${root}`;

export const emptyUser = (stream: UserId): UserState => ({
  type: 'user',
  stream,
  head: 0,
  newestCid: noCid,
  conversations: new Map(),
  left: new Map(),
  markers: new Map(),
  threads: new Map(),
  mentions: [],
  preferences: {},
});

export function evolveUser(state: UserState, event: UserEvent): UserState {
  const next = { ...state, head: event.seq, newestCid: greaterCid(state.newestCid, event.cid) };
  switch (event.type) {
    case 'conversationAdded': {
      const { conversation, kind, joinedAt } = event;
      const muted = state.conversations.get(conversation)?.muted ?? false;
      const conversations = withEntry(state.conversations, conversation, { kind, joinedAt, muted });
      // What was said before somebody came is not unread to them.
      const marker = Math.max(state.markers.get(conversation) ?? 0, joinedAt);
      return { ...next, conversations, markers: withEntry(state.markers, conversation, marker) };
    }
    case 'conversationRemoved': {
      const conversations = withoutEntry(state.conversations, event.conversation);
      return { ...next, conversations, left: newest(state.left, event.conversation, event.leftAt ?? 0, maxLeft) };
    }
    case 'readMarked': {
      if (event.thread === undefined)
        return { ...next, markers: withEntry(state.markers, event.conversation, event.upTo) };
      return { ...next, threads: follow(state.threads, threadKey(event.conversation, event.thread), event.upTo) };
    }
    case 'threadFollowed':
      return { ...next, threads: follow(state.threads, threadKey(event.conversation, event.thread), event.upTo) };
    case 'mentioned': {
      const { conversation, message, thread } = event;
      const mention = { conversation, seq: message, ...(thread === undefined ? {} : { thread }) };
      return { ...next, mentions: [...state.mentions, mention].slice(-maxMentions) };
    }
    case 'preferenceSet':
      return { ...next, preferences: { ...state.preferences, [event.key]: event.value } };
    case 'muted': {
      const entry = state.conversations.get(event.conversation);
      if (entry === undefined) return next;
      return {
        ...next,
        conversations: withEntry(state.conversations, event.conversation, { ...entry, muted: event.on }),
      };
    }
  }
}

/** The most recently active threads, newest last. */
const follow = (threads: ReadonlyMap<string, number>, key: string, upTo: number): ReadonlyMap<string, number> =>
  newest(threads, key, upTo, maxThreads);

/** With one entry set anew, as the newest; the oldest goes where there are too many. */
function newest<Key>(entries: ReadonlyMap<Key, number>, key: Key, seq: number, most: number): ReadonlyMap<Key, number> {
  const all = new Map(entries);
  all.delete(key);
  all.set(key, seq);
  const [oldest] = all.keys();
  if (all.size > most && oldest !== undefined) all.delete(oldest);
  return all;
}
