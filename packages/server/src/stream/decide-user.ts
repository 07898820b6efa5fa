import type { ConversationId, SystemCommand, UserCommand, UserId } from '@parley/protocol';
import type { EventBody } from './decide-conversation.ts';
import { emptyUser, threadKey } from './evolve-user.ts';
import { refuse, unchanged } from './refuse.ts';
import type { Decision, UserState, Wish } from './types.ts';

/** A person's own stream takes that person's commands and the effects of conversations. */
export function decideUser(known: UserState | undefined, wish: Wish, at: number): Decision {
  const isSystem = wish.serverRole === 'system';
  if (!isSystem && (wish.stream as string) !== (wish.actor as string)) return refuse('not-found');
  const state = known ?? emptyUser(wish.stream as string as UserId);
  const event = (body: EventBody): Decision => ({
    type: 'event',
    event: { ...body, seq: state.head + 1, at, actor: wish.actor, cid: wish.cid },
  });
  return isSystem
    ? decideSystem(state, wish.command as SystemCommand, event)
    : decideOwn(state, wish.command as UserCommand, event);
}

function decideOwn(state: UserState, command: UserCommand, event: (body: EventBody) => Decision): Decision {
  switch (command.type) {
    case 'markRead': {
      const { conversation, seq, thread } = command;
      const marker =
        thread === undefined ? state.markers.get(conversation) : state.threads.get(threadKey(conversation, thread));
      if (marker === seq) return unchanged;
      return event({ type: 'readMarked', conversation, upTo: seq, ...(thread === undefined ? {} : { thread }) });
    }
    case 'setPreference':
      if (Object.keys(state.preferences).length >= 200 && !Object.hasOwn(state.preferences, command.key))
        return refuse('limit-reached');
      return event({ type: 'preferenceSet', key: command.key, value: command.value });
    case 'mute': {
      const entry = state.conversations.get(command.conversation);
      if (entry === undefined) return refuse('not-found');
      return entry.muted === command.on
        ? unchanged
        : event({ type: 'muted', conversation: command.conversation, on: command.on });
    }
    default:
      return refuse('bad-request', 'command.type');
  }
}

/** The seq in a conversation of the last change of membership that is known here. */
const changedAt = ({ conversations, left }: UserState, conversation: ConversationId): number =>
  Math.max(conversations.get(conversation)?.joinedAt ?? 0, left.get(conversation) ?? 0);

function decideSystem(state: UserState, command: SystemCommand, event: (body: EventBody) => Decision): Decision {
  switch (command.type) {
    case 'addConversation': {
      const { conversation, kind, by, at } = command;
      // A late effect of an earlier membership must not undo what came after it.
      if (changedAt(state, conversation) >= at) return unchanged;
      return event({ type: 'conversationAdded', conversation, kind, by, joinedAt: at });
    }
    case 'removeConversation': {
      const { conversation, by, at } = command;
      // Noted also where nothing was added: the effect that adds may be the later one.
      if (changedAt(state, conversation) >= at) return unchanged;
      return event({ type: 'conversationRemoved', conversation, by, leftAt: at });
    }
    case 'noteMention': {
      const { conversation, seq, by, thread } = command;
      if (state.mentions.some((mention) => mention.conversation === conversation && mention.seq === seq))
        return unchanged;
      return event({ type: 'mentioned', conversation, message: seq, by, ...(thread === undefined ? {} : { thread }) });
    }
    case 'followThread': {
      const { conversation, thread, seq } = command;
      if (state.threads.has(threadKey(conversation, thread))) return unchanged;
      return event({ type: 'threadFollowed', conversation, thread, upTo: seq });
    }
    default:
      return refuse('bad-request', 'command.type');
  }
}
