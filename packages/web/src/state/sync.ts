import type { ConversationEvent, ConversationId, Head, StreamEvent, StreamId, UserEvent, UserId } from '@parley/client';
import { batch, effect, signal } from '@preact/signals';
import { live, openLive, rest } from './api.ts';
import {
  addConversation,
  changeConversation,
  conversations,
  recount,
  refetch,
  removeConversation,
  setConversation,
  setConversations,
} from './conversations.ts';
import { latestMoved } from './latest.ts';
import { startOpening } from './open.ts';
import { landed, outboxChanged } from './outbox.ts';
import { learnPeople, meet, people } from './people.ts';
import { notePresence, resumePresence, showFaces, startPresence } from './presence.ts';
import { attentive, startReading } from './reading.ts';
import { navigate } from './router.ts';
import { mainView, threadView } from './screen.ts';
import { me, phase } from './session.ts';
import { loadThreads, markThread, threadsChanged } from './threads.ts';
import { failed, toast } from './toasts.ts';
import { noteTyping } from './typing.ts';
import { applyHead, applyLive, applyMarker, standing } from './unread.ts';
import { startWindowTitle } from './window-title.ts';

/** How the connection is, for the banner. `retryAt` is in milliseconds since 1970. */
export const connection = signal<{ readonly state: string; readonly retryAt?: number }>({ state: 'connecting' });
/** The list of conversations has been read at least once. */
export const ready = signal(false);
/** What was just said in the open conversation, for screen readers. */
export const announcement = signal('');

/** Own posts acknowledged in conversations off screen, whose heads have not told of them yet. */
const ownPosts = new Map<StreamId, number>();

/** Connects and keeps everything current until the page goes. */
export async function startSync(user: UserId): Promise<void> {
  const client = openLive(user);
  listen(client, user);
  await loadList(user);
  startOpening();
  startReading();
  startPresence();
  effect(() => {
    const direct = [...conversations.value.values()].flatMap(({ peer }) => (peer === undefined ? [] : [peer]));
    showFaces('list', [user, ...direct]);
  });
  startWindowTitle();
  loadThreads().catch(failed);
  client.connect().catch(failed);
}

/** Reads the list and watches everything on it from there. */
async function loadList(user: UserId): Promise<void> {
  const list = await rest.conversations();
  batch(() => {
    learnPeople(list.people);
    setConversations(list.conversations);
    ready.value = true;
  });
  live().watch(user, { level: 'full', after: list.userHead });
  for (const { id } of list.conversations) if (mainView.peek()?.id !== id) live().watch(id, { level: 'head' });
}

function listen(client: ReturnType<typeof openLive>, user: UserId): void {
  client.on('state', ({ state, retryInMs }) => {
    connection.value = { state, ...(retryInMs === undefined ? {} : { retryAt: Date.now() + retryInMs }) };
    if (state === 'online') resumePresence().catch(() => {});
    if (state === 'signed-out') phase.value = 'out';
  });
  client.on('event', ({ stream, event }) => {
    if (stream === user) onOwnEvent(event as UserEvent);
    else onEvent(stream, event as ConversationEvent, user);
  });
  client.on('head', onHead);
  client.on('signal', ({ stream, actor, signal: news }) => {
    if (news.type === 'presence') notePresence(actor, news);
    else if (news.type === 'profile') noteProfile(actor, news);
    else if (actor !== user) noteTyping(stream, actor, news.on, news.thread);
  });
  client.on('outbox', ({ stream, cid, change }) => {
    const isOffScreen = change === 'acknowledged' && mainView.peek()?.id !== stream;
    const entry = isOffScreen ? client.pending(stream).find((one) => one.cid === cid) : undefined;
    if (entry?.command.type === 'post' && entry.command.thread === undefined)
      ownPosts.set(stream, (ownPosts.get(stream) ?? 0) + 1);
    outboxChanged(stream, cid, change);
  });
  client.on('reset', ({ stream }) => {
    if (stream === user) loadList(user).catch(failed);
    else if (mainView.peek()?.id === stream) {
      void mainView.peek()?.load();
      void threadView.peek()?.load();
    }
  });
  client.on('ended', ({ stream }) => onEnded(stream as ConversationId));
}

function onEvent(id: ConversationId, event: ConversationEvent, user: UserId): void {
  batch(() => {
    const view = mainView.peek();
    const before = conversations.peek().get(id);
    if (event.type === 'posted' && event.thread === undefined && event.actor !== user && view?.id === id) {
      if (!attentive.peek() && before !== undefined && before.unread === 0) view.newAfter.value = event.seq - 1;
      announcement.value = `${people.peek().get(event.actor)?.displayName ?? 'Somebody'}: ${event.text.slice(0, 200)}`;
    }
    if (view?.id === id) view.take(event);
    if (threadView.peek()?.id === id) threadView.peek()?.take(event);
    changeConversation(id, (conversation) => withChange(applyLive(conversation, event, user), event));
    if (event.type === 'posted') {
      noteTyping(id, event.actor, false, event.thread);
      landed(event);
      if (event.thread !== undefined) threadsChanged();
    }
  });
  // Rules and silences too: what they mean for oneself stands in the conversation.
  if (standing.has(event.type)) {
    membership.value++;
    void refetch(id);
  }
  if (event.type === 'deleted' && (conversations.peek().get(id)?.unread ?? 0) > 0) void recount(id);
}

/** Grows when somebody came, went or got another role in a conversation on screen. */
export const membership = signal(0);

function withChange<Known extends { name: string; topic: string; archived: boolean; lastMessage?: unknown }>(
  conversation: Known,
  event: ConversationEvent,
): Known {
  switch (event.type) {
    case 'renamed':
      return { ...conversation, name: event.name };
    case 'topicSet':
      return { ...conversation, topic: event.topic };
    case 'archived':
      return { ...conversation, archived: event.on };
    case 'posted': {
      const { type: _, ...message } = event;
      return event.thread === undefined ? { ...conversation, lastMessage: message } : conversation;
    }
    default:
      return conversation;
  }
}

function onOwnEvent(event: UserEvent): void {
  switch (event.type) {
    case 'conversationAdded':
      addConversation(event.conversation).catch(failed);
      break;
    case 'conversationRemoved':
      onRemoved(event.conversation);
      break;
    case 'readMarked':
      if (event.thread === undefined) onReadMarked(event.conversation, event.upTo);
      else {
        markThread(event.conversation, event.thread, event.upTo);
        threadsChanged();
      }
      break;
    case 'mentioned':
      meet([event.by]);
      if (event.thread !== undefined) threadsChanged();
      else if (mainView.peek()?.id !== event.conversation) {
        changeConversation(event.conversation, (one) => ({
          ...one,
          mentions: Math.min(100, one.mentions + (event.message > one.marker ? 1 : 0)),
        }));
      }
      break;
    case 'threadFollowed':
      threadsChanged();
      break;
    case 'muted':
      changeConversation(event.conversation, (one) => ({ ...one, muted: event.on }));
      break;
    case 'preferenceSet':
      break;
  }
}

function onReadMarked(id: ConversationId, upTo: number): void {
  const conversation = conversations.peek().get(id);
  if (conversation === undefined) return;
  const outcome = applyMarker(conversation, upTo);
  setConversation(outcome.conversation);
  if (outcome.recount) void recount(id);
}

function onHead(head: Head): void {
  const conversation = conversations.peek().get(head.stream);
  if (conversation === undefined || mainView.peek()?.id === conversation.id) return;
  const outcome = applyHead(conversation, head, ownPosts.get(head.stream) ?? 0);
  ownPosts.delete(head.stream);
  const moved = head.posts > conversation.head.posts;
  if (moved) latestMoved(conversation.id);
  setConversation({
    ...outcome.conversation,
    ...(moved && conversation.lastMessage !== undefined
      ? { lastMessage: { ...conversation.lastMessage, at: Date.now() } }
      : {}),
  });
  if (head.replies > conversation.head.replies) threadsChanged();
  if (outcome.recount) void recount(conversation.id);
  if (outcome.refetch) void refetch(conversation.id);
}

function noteProfile(
  user: UserId,
  {
    displayName,
    color,
    status,
  }: Pick<Extract<import('@parley/client').Signal, { type: 'profile' }>, 'displayName' | 'color' | 'status'>,
): void {
  const known = people.peek().get(user);
  if (known === undefined) return;
  const profile = { ...known, displayName, color, status };
  learnPeople([profile]);
  if (me.peek()?.id === user) me.value = profile;
}

function onRemoved(id: ConversationId): void {
  const name = conversations.peek().get(id)?.name ?? '';
  removeConversation(id);
  if (mainView.peek()?.id === id) {
    navigate('/', { replace: true });
    if (name !== '') toast(`You are no longer a member of ${name}.`);
  } else live().unwatch(id);
}

function onEnded(id: ConversationId): void {
  if (mainView.peek()?.id === id) navigate('/', { replace: true });
  if (conversations.peek().has(id)) {
    // A right that ended is a list that changed; the own stream says so too, in whichever order.
    rest.conversation(id).catch(() => removeConversation(id));
  }
}

export type { StreamEvent };
