import {
  type ChannelList,
  type Conversation,
  type ConversationId,
  type ConversationList,
  type EventPage,
  type MemberEntry,
  type MentionList,
  type Message,
  type MessagePage,
  type Moderation,
  mayOnServer,
  ParleyError,
  type Presence,
  rank,
  type StreamId,
  type ThreadList,
  type UserId,
} from '@parley/protocol';
import type { Principal } from '../gateway/port.ts';
import type { Store } from '../store/port.ts';
import { see, summary } from './access.ts';
import { shown } from './erased.ts';
import { readEvents } from './events.ts';
import { listConversations, type Unread, unreadOf } from './list.ts';
import { type PageQuery, readMessage, readPage, withContext } from './pages.ts';
import { profilesOf } from './people.ts';
import { listMentions, listThreads } from './personal.ts';
import type { StreamStates } from './states.ts';

/** Everything that is read and never touches the log. Each rejects with `not-found` where the asker has no right. */
export interface Reads {
  list(principal: Principal): Promise<ConversationList>;
  conversation(principal: Principal, id: ConversationId): Promise<Conversation>;
  channels(principal: Principal): Promise<ChannelList>;
  members(principal: Principal, id: ConversationId): Promise<{ members: MemberEntry[] }>;
  page(principal: Principal, id: ConversationId, query: PageQuery): Promise<MessagePage>;
  message(principal: Principal, id: ConversationId, seq: number): Promise<Message>;
  /** A message whose text a moderator hid, with it. Whether the asker may look is the caller's to know. */
  hidden(principal: Principal, id: ConversationId, seq: number): Promise<Message>;
  /** Who asks to be let in, is silenced or banned. Whether the asker may know is the caller's to know. */
  moderation(principal: Principal, id: ConversationId): Promise<Pick<Moderation, 'requests' | 'silenced' | 'banned'>>;
  pins(principal: Principal, id: ConversationId): Promise<Pick<MessagePage, 'messages' | 'people'>>;
  unread(principal: Principal, id: ConversationId): Promise<Unread>;
  /** Events after a seq of a conversation, or of the asker's own stream. */
  events(principal: Principal, stream: StreamId, after: number, limit: number): Promise<EventPage>;
  threads(principal: Principal): Promise<ThreadList>;
  mentions(principal: Principal): Promise<MentionList>;
}

/** Channels shown at once in the directory. */
const maxChannels = 500;

export interface ReadsOptions {
  readonly store: Store;
  readonly states: StreamStates;
  readonly presenceOf: (users: readonly UserId[]) => Promise<readonly Presence[]>;
}

export function createReads({ store, states, presenceOf }: ReadsOptions): Reads {
  const context = { store, states };
  return {
    list: (principal) => listConversations(context, principal),
    conversation: async (principal, id) => summary(await see(states, principal, id), principal),
    async channels(principal) {
      if (!mayOnServer('listChannels', principal.serverRole)) return { channels: [] };
      const entries = await store.listChannels({ includeArchived: false, limit: maxChannels });
      const visible = await Promise.all(entries.map(({ conversation }) => see(states, principal, conversation)));
      const channels = visible.map((one) => summary(one, principal));
      // The store sorts by what it holds, which is ciphertext where there is a keyring.
      return { channels: channels.toSorted((a, b) => (a.name < b.name ? -1 : 1)) };
    },
    async members(principal, id) {
      const { state } = await see(states, principal, id);
      const users = [...state.members.keys()];
      const [profiles, presences] = await Promise.all([profilesOf(store, users), presenceOf(users)]);
      const presenceByUser = new Map(presences.map((presence) => [presence.user, presence]));
      const members = profiles.flatMap((user) => {
        const member = state.members.get(user.id);
        const presence = presenceByUser.get(user.id);
        return member === undefined
          ? []
          : [{ user, role: member.role, ...(presence === undefined ? {} : { presence }) }];
      });
      members.sort((a, b) => rank(a.role) - rank(b.role) || a.user.displayName.localeCompare(b.user.displayName));
      return { members };
    },
    page: (principal, id, query) => readPage(context, principal, id, query),
    message: (principal, id, seq) => readMessage(context, principal, id, seq),
    async hidden(principal, id, seq) {
      const { state, since } = await see(states, principal, id);
      const [row] = seq < since || seq > state.head ? [] : await store.messagesAt(id, [seq]);
      if (row?.hidden !== true) throw new ParleyError('no-such-message');
      return row;
    },
    async moderation(principal, id) {
      const { requests, silenced, banned } = (await see(states, principal, id)).state;
      return {
        requests: Array.from(requests, ([user, at]) => ({ user, at })),
        silenced: Array.from(silenced, ([user, until]) => ({ user, until })),
        banned: [...banned.keys()],
      };
    },
    async pins(principal, id) {
      const { state, since } = await see(states, principal, id);
      const rows = await store.messagesAt(
        id,
        state.pins.filter((seq) => seq >= since),
      );
      const messages = rows.map(shown);
      const { people } = await withContext(context, id, since, messages);
      return { messages, people };
    },
    unread: (principal, id) => unreadOf(context, principal, id),
    events: (principal, stream, after, limit) => readEvents(context, principal, stream, after, limit),
    threads: (principal) => listThreads(context, principal),
    mentions: (principal) => listMentions(context, principal),
  };
}
