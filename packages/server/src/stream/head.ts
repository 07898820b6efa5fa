import type { Head, StreamEvent } from '@parley/protocol';
import type { ConversationState } from './types.ts';

/** What a badge needs to know. */
export const headOf = ({ stream, head, posts, replies, deletes, mass, changes }: ConversationState): Head => ({
  stream,
  head,
  posts,
  replies,
  deletes,
  mass,
  changes,
});

/** A conversation as the directory lists it. */
export const directoryEntryOf = (state: ConversationState) => ({
  conversation: state.stream,
  seq: state.head,
  kind: state.kind,
  name: state.name,
  topic: state.topic,
  archived: state.archived,
  memberCount: state.members.size,
  createdAt: state.createdAt,
});

/** Whether the directory has to hear of an event. */
export const touchesDirectory = ({ type }: StreamEvent): boolean =>
  ['created', 'renamed', 'topicSet', 'archived', 'membersAdded', 'memberRemoved'].includes(type);
