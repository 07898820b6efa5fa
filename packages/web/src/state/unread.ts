import type { ConversationEvent, Head, ListedConversation, UserId } from '@parley/client';

/** Badges stop counting here, as the server does. */
export const countAtMost = 100;

const capped = (count: number): number => Math.min(countAtMost, Math.max(0, count));

/** What has to be asked of the server because arithmetic on heads cannot tell it. */
export interface HeadOutcome {
  readonly conversation: ListedConversation;
  /** A deletion may have taken an unread message away. */
  readonly recount: boolean;
  /** Name, topic, members or archive changed. */
  readonly refetch: boolean;
}

/**
 * A badge after the head of a conversation that is not on screen moved.
 * @param ownPosts how many of the new posts are known to be the reader's own
 */
export function applyHead(conversation: ListedConversation, head: Head, ownPosts = 0): HeadOutcome {
  const before = conversation.head;
  if (head.head <= before.head) return { conversation, recount: false, refetch: false };
  const posts = Math.max(0, head.posts - before.posts - ownPosts);
  const mass = Math.min(posts, Math.max(0, head.mass - before.mass));
  return {
    conversation: {
      ...conversation,
      head,
      unread: capped(conversation.unread + posts),
      mentions: capped(conversation.mentions + mass),
    },
    recount: head.deletes > before.deletes && conversation.unread + posts > 0,
    refetch: head.changes > before.changes,
  };
}

/** Events after which people stand differently in a conversation, oneself perhaps among them. */
export const standing: ReadonlySet<ConversationEvent['type']> = new Set([
  'membersAdded',
  'memberRemoved',
  'roleSet',
  'silenced',
  'banLifted',
  'rulesSet',
  'joinRequested',
  'joinDeclined',
]);
const changing: ReadonlySet<ConversationEvent['type']> = new Set([...standing, 'renamed', 'topicSet', 'archived']);

/** The head's counters after one event of a conversation that is watched fully. */
export function advanceHead(head: Head, event: ConversationEvent): Head {
  if (event.seq <= head.head) return head;
  const isPost = event.type === 'posted' && event.thread === undefined;
  const isReply = event.type === 'posted' && event.thread !== undefined;
  return {
    ...head,
    head: event.seq,
    posts: head.posts + (isPost ? 1 : 0),
    replies: head.replies + (isReply ? 1 : 0),
    deletes: head.deletes + (event.type === 'deleted' ? 1 : 0),
    mass: head.mass + (event.type === 'posted' && event.mass !== undefined ? 1 : 0),
    changes: head.changes + (changing.has(event.type) ? 1 : 0),
  };
}

/** A conversation on screen after one of its events: counts the messages of others until they are marked as read. */
export function applyLive(conversation: ListedConversation, event: ConversationEvent, me: UserId): ListedConversation {
  if (event.seq <= conversation.head.head) return conversation;
  const head = advanceHead(conversation.head, event);
  const counts =
    event.type === 'posted' && event.thread === undefined && event.actor !== me && event.seq > conversation.marker;
  if (!counts) return { ...conversation, head };
  const names = event.mass !== undefined || event.mentions?.includes(me) === true;
  return {
    ...conversation,
    head,
    unread: capped(conversation.unread + 1),
    mentions: capped(conversation.mentions + (names ? 1 : 0)),
  };
}

/**
 * A conversation after its read marker moved, on this device or another.
 * `recount` is true when messages after the marker remain that only the server can count.
 */
export function applyMarker(
  conversation: ListedConversation,
  upTo: number,
): { conversation: ListedConversation; recount: boolean } {
  if (upTo === conversation.marker) return { conversation, recount: false };
  const isRead = upTo >= conversation.head.head;
  return {
    conversation: { ...conversation, marker: upTo, ...(isRead ? { unread: 0, mentions: 0 } : {}) },
    recount: !isRead,
  };
}

/** What the window's title shows: mentions and direct messages call, other unread messages only whisper. */
export function badgeCount(conversations: Iterable<ListedConversation>): number {
  let count = 0;
  for (const { kind, muted, unread, mentions } of conversations) {
    if (kind === 'direct') count += muted ? mentions : unread;
    else count += mentions;
  }
  return count;
}
