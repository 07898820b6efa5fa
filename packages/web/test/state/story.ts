import {
  type Cid,
  type ConversationEvent,
  type ListedConversation,
  type Message,
  type MessagePage,
  newConversationId,
  newUserId,
  type Profile,
  type UserId,
} from '@parley/client';

export const ann = newUserId();
export const ben = newUserId();
export const room = newConversationId();

export const profile = (id: UserId, name: string): Profile => ({
  id,
  name,
  displayName: name,
  color: 0,
  status: '',
  serverRole: 'member',
});

const base = (seq: number, actor: UserId) => ({ seq, at: seq * 1_000, actor, cid: `cid-${seq}` as Cid });

export const message = (seq: number, more: Partial<Message> = {}): Message => ({
  ...base(seq, ann),
  text: `text ${seq}`,
  ...more,
});

/** What happens in a conversation, without what every event has. */
type Happening<Event = ConversationEvent> = Event extends ConversationEvent
  ? Omit<Event, 'seq' | 'at' | 'cid' | 'actor'>
  : never;

export const event = (seq: number, happening: Happening, actor: UserId = ann): ConversationEvent => ({
  ...base(seq, actor),
  ...happening,
});
export const posted = (
  seq: number,
  more: { thread?: number; mentions?: UserId[]; mass?: 'all' | 'here' } = {},
  actor: UserId = ann,
): ConversationEvent => event(seq, { type: 'posted', text: `text ${seq}`, ...more }, actor);

export const page = (messages: Message[], more: Partial<MessagePage> = {}): MessagePage => ({
  messages,
  head: messages.at(-1)?.seq ?? 0,
  hasBefore: false,
  hasAfter: false,
  people: [],
  quoted: [],
  ...more,
});

export const listed = (more: Partial<ListedConversation> = {}): ListedConversation => ({
  id: room,
  kind: 'channel',
  name: 'room',
  topic: '',
  archived: false,
  createdAt: 0,
  memberCount: 2,
  since: 0,
  head: { stream: room, head: 10, posts: 10, replies: 0, deletes: 0, mass: 0, changes: 0 },
  marker: 10,
  unread: 0,
  mentions: 0,
  muted: false,
  ...more,
});
