import {
  type ConversationId,
  isConversationId,
  type MentionList,
  ParleyError,
  type ThreadEntry,
  type ThreadList,
} from '@parley/protocol';
import type { Principal } from '../gateway/port.ts';
import type { Store } from '../store/port.ts';
import { see } from './access.ts';
import { shown } from './erased.ts';
import { countAtMost } from './list.ts';
import { peopleOf, profilesOf } from './people.ts';
import type { StreamStates } from './states.ts';

interface Context {
  readonly store: Store;
  readonly states: StreamStates;
}

/** Entries shown of threads and mentions: the newest. */
const maxEntries = 50;

/** The threads somebody follows, the most recently answered first. */
export async function listThreads(context: Context, principal: Principal): Promise<ThreadList> {
  const own = await context.states.user(principal.user);
  const followed = [...(own?.threads ?? [])].slice(-maxEntries);
  const found = await Promise.all(followed.map(([key, marker]) => threadEntry(context, principal, key, marker)));
  const threads = found.filter((entry) => entry !== undefined);
  threads.sort((a, b) => (b.root.replies?.lastAt ?? 0) - (a.root.replies?.lastAt ?? 0));
  return { threads, people: await profilesOf(context.store, peopleOf(threads.map(({ root }) => root))) };
}

async function threadEntry(
  context: Context,
  principal: Principal,
  key: string,
  marker: number,
): Promise<ThreadEntry | undefined> {
  const [conversation = '', root = '0'] = key.split(':');
  if (!isConversationId(conversation)) return undefined;
  return whereVisible(async () => {
    const { since } = await see(context.states, principal, conversation);
    const [[message], counts] = await Promise.all([
      context.store.messagesAt(conversation, [Number(root)]),
      context.store.countUnread({
        stream: conversation,
        after: marker,
        reader: principal.user,
        thread: Number(root),
        atMost: countAtMost,
      }),
    ]);
    return message === undefined || message.seq < since
      ? undefined
      : { conversation, root: shown(message), marker, unread: counts.messages };
  });
}

/** The newest messages that name somebody. */
export async function listMentions(context: Context, principal: Principal): Promise<MentionList> {
  const own = await context.states.user(principal.user);
  const newest = (own?.mentions ?? []).slice(-maxEntries).toReversed();
  const found = await Promise.all(
    newest.map(({ conversation, seq }) => mentionEntry(context, principal, conversation, seq)),
  );
  const mentions = found.filter((entry) => entry !== undefined);
  return { mentions, people: await profilesOf(context.store, peopleOf(mentions.map(({ message }) => message))) };
}

function mentionEntry(context: Context, principal: Principal, conversation: ConversationId, seq: number) {
  return whereVisible(async () => {
    const { since } = await see(context.states, principal, conversation);
    const [message] = seq < since ? [] : await context.store.messagesAt(conversation, [seq]);
    return message === undefined || message.deleted === true ? undefined : { conversation, message: shown(message) };
  });
}

/** `undefined` instead of `not-found`: lists leave out what the asker may no longer see. */
async function whereVisible<Value>(read: () => Promise<Value | undefined>): Promise<Value | undefined> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof ParleyError && error.code === 'not-found') return undefined;
    throw error;
  }
}
