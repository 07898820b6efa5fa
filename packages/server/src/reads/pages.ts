import { type ConversationId, type Message, type MessagePage, ParleyError } from '@parley/protocol';
import type { Principal } from '../gateway/port.ts';
import type { Store } from '../store/port.ts';
import { see } from './access.ts';
import { shown } from './erased.ts';
import { peopleOf, profilesOf } from './people.ts';
import type { StreamStates } from './states.ts';

interface Context {
  readonly store: Store;
  readonly states: StreamStates;
}

/** Where a page lies: before, after or around a seq; without any, the newest. */
export interface PageQuery {
  readonly before?: number | undefined;
  readonly after?: number | undefined;
  readonly around?: number | undefined;
  readonly limit: number;
  /** Only replies of this root. Absent: messages outside threads. */
  readonly thread?: number;
}

/** A page of messages as they stand, in order; nothing from before the asker may see, nor after what the right was judged by. */
export async function readPage(
  context: Context,
  principal: Principal,
  id: ConversationId,
  query: PageQuery,
): Promise<MessagePage> {
  const { state, since } = await see(context.states, principal, id);
  const { limit, before, after, around } = query;
  const base = { stream: id, thread: query.thread ?? ('none' as const) };
  const backward = (to: number, count: number) =>
    to < since
      ? Promise.resolve([])
      : context.store.messages({ ...base, from: since, to, limit: count + 1, direction: 'backward' });
  const forward = (from: number, count: number) =>
    context.store.messages({
      ...base,
      from: Math.max(from, since),
      to: state.head,
      limit: count + 1,
      direction: 'forward',
    });

  let older: readonly Message[] = [];
  let newer: readonly Message[] = [];
  let hasBefore = false;
  let hasAfter = false;
  if (around !== undefined) {
    const half = Math.ceil(limit / 2);
    [older, newer] = await Promise.all([backward(Math.min(around, state.head), half), forward(around + 1, half)]);
    hasBefore = older.length > half;
    hasAfter = newer.length > half;
    older = older.slice(0, half);
    newer = newer.slice(0, half);
  } else if (after !== undefined) {
    newer = await forward(after + 1, limit);
    hasAfter = newer.length > limit;
    newer = newer.slice(0, limit);
    hasBefore = (await backward(after, 0)).length > 0;
  } else {
    older = await backward(before === undefined ? state.head : Math.min(before - 1, state.head), limit);
    hasBefore = older.length > limit;
    older = older.slice(0, limit);
    hasAfter = before !== undefined && (await forward(before, 0)).length > 0;
  }
  const messages = [...older.toReversed(), ...newer].map(shown);
  return { messages, head: state.head, hasBefore, hasAfter, ...(await withContext(context, id, since, messages)) };
}

/** What a list of messages needs to be shown: people, and answered messages that are not in it. */
export async function withContext(context: Context, id: ConversationId, since: number, messages: readonly Message[]) {
  const listed = new Set(messages.map(({ seq }) => seq));
  const answered = messages.flatMap(({ replyTo }) =>
    replyTo === undefined || listed.has(replyTo) || replyTo < since ? [] : [replyTo],
  );
  const quoted = answered.length === 0 ? [] : (await context.store.messagesAt(id, [...new Set(answered)])).map(shown);
  const people = await profilesOf(context.store, peopleOf([...messages, ...quoted]));
  return { people, quoted };
}

/** One message, by its permalink. */
export async function readMessage(
  context: Context,
  principal: Principal,
  id: ConversationId,
  seq: number,
): Promise<Message> {
  const { state, since } = await see(context.states, principal, id);
  const [message] = seq < since || seq > state.head ? [] : await context.store.messagesAt(id, [seq]);
  if (message === undefined) throw new ParleyError('no-such-message');
  return shown(message);
}
