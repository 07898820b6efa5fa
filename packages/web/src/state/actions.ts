import {
  type ConversationCommand,
  type ConversationId,
  directConversationId,
  type Message,
  newConversationId,
  type Role,
  type UserId,
} from '@parley/client';
import { live } from './api.ts';
import {
  addConversation,
  changeConversation,
  conversationOf,
  conversations,
  directWith,
  refetch,
} from './conversations.ts';
import { mentionsIn } from './mentions.ts';
import { peopleByName } from './people.ts';
import { navigate, pathOf } from './router.ts';
import { mainView, threadView } from './screen.ts';
import { myId } from './session.ts';
import { findRow, reactTo } from './timeline.ts';
import { failed } from './toasts.ts';

/** Sends a message; it shows at once and is kept until the server has it. Refusals show at the message itself. */
export function post(
  id: ConversationId,
  text: string,
  options: { replyTo?: number | undefined; thread?: number | undefined } = {},
): void {
  const mentions = mentionsIn(text, peopleByName.peek());
  live()
    .send(id, {
      type: 'post',
      text,
      ...(options.replyTo === undefined ? {} : { replyTo: options.replyTo }),
      ...(options.thread === undefined ? {} : { thread: options.thread }),
      ...(mentions.length === 0 ? {} : { mentions }),
    })
    .catch(() => {
      // The refusal stands in the outbox and is shown there, with "try again" and "discard".
    });
}

/** Sends a wish and shows its refusal. A refused wish is not kept: its button is still there. */
export async function wish(id: ConversationId, command: ConversationCommand): Promise<boolean> {
  try {
    await live().send(id, command);
    return true;
  } catch (error) {
    failed(error);
    for (const entry of live().pending(id))
      if (entry.error !== undefined && entry.command.type !== 'post') live().cancel(entry.cid);
    return false;
  }
}

/** Changes a message's text, shown at once; a refusal brings the old text back and resolves to false. */
export async function edit(id: ConversationId, target: number, text: string): Promise<boolean> {
  const mentions = mentionsIn(text, peopleByName.peek());
  const before = rowOf(id, target);
  assume(id, target, (row) => ({ ...row, text, mentions, editedAt: Date.now() }));
  const isDone = await wish(id, { type: 'edit', target, text, ...(mentions.length === 0 ? {} : { mentions }) });
  if (!isDone && before !== undefined) assume(id, target, () => before);
  return isDone;
}

/** Sets or withdraws one's reaction, shown at once. */
export async function react(id: ConversationId, target: number, emoji: string, on: boolean): Promise<void> {
  assume(id, target, (row) => reactTo(row, emoji, myId(), on));
  if (!(await wish(id, { type: 'react', target, emoji, on }))) {
    assume(id, target, (row) => reactTo(row, emoji, myId(), !on));
  }
}

const viewsOf = (id: ConversationId) => [mainView.peek(), threadView.peek()].filter((view) => view?.id === id);

const rowOf = (id: ConversationId, seq: number) =>
  viewsOf(id)
    .map((view) => view && findRow(view.timeline.peek(), seq))
    .find((row) => row !== undefined);

function assume(id: ConversationId, seq: number, change: (row: Message) => Message): void {
  for (const view of viewsOf(id)) view?.assume(seq, change);
}

export const setRole = (id: ConversationId, user: UserId, role: Role): Promise<boolean> =>
  wish(id, { type: 'setRole', user, role });

export async function join(id: ConversationId): Promise<void> {
  if (!(await wish(id, { type: 'join' }))) return;
  // Where moderators let people in, one has only asked.
  if (conversations.peek().get(id)?.role === undefined) await refetch(id);
  if (conversationOf(id)?.role === undefined && conversationOf(id)?.requested === true) return;
  await addConversation(id).catch(failed);
}

export async function leave(id: ConversationId): Promise<void> {
  if (await wish(id, { type: 'leave' })) navigate('/', { replace: true });
}

export function mute(id: ConversationId, on: boolean): void {
  changeConversation(id, (one) => ({ ...one, muted: on }));
  live().send(myId(), { type: 'mute', conversation: id, on }).catch(failed);
}

/** Makes a group or channel and opens it. Rejects with the server's refusal. */
export async function create(wished: {
  kind: 'group' | 'channel';
  name: string;
  topic: string;
  members: readonly UserId[];
}): Promise<void> {
  const id = newConversationId();
  await live().send(id, {
    type: 'create',
    kind: wished.kind,
    name: wished.name,
    members: [...wished.members],
    ...(wished.topic === '' ? {} : { topic: wished.topic }),
  });
  await addConversation(id);
  navigate(pathOf(id));
}

/** Opens the direct conversation with somebody, making it on the first occasion. */
export async function openDirect(user: UserId): Promise<void> {
  const existing = directWith(user);
  if (existing !== undefined) return navigate(pathOf(existing));
  const id = directConversationId(myId(), user);
  if (!conversations.peek().has(id)) {
    await live().send(id, { type: 'create', kind: 'direct', members: user === myId() ? [] : [user] });
    await addConversation(id);
  }
  navigate(pathOf(id));
}
