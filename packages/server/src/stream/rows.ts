import type { Command, Message, StreamEvent, UserId } from '@parley/protocol';
import type { Rows } from './types.ts';

/** Faces shown beside a thread. */
const maxRepliers = 20;

/** The messages a command refers to, whose rows `decide` has to see. */
export function rowsNeeded(command: Command): readonly number[] {
  switch (command.type) {
    case 'post':
      return [command.replyTo, command.thread].filter((seq) => seq !== undefined);
    case 'edit':
    case 'delete':
    case 'react':
    case 'pin':
    case 'hide':
      return [command.target];
    default:
      return [];
  }
}

/** The rows an event makes or changes, as they stand after it. */
export function rowsAfter(event: StreamEvent, rows: Rows): readonly Message[] {
  if (event.type === 'posted') {
    const { type: _type, ...row } = event;
    const root = event.thread === undefined ? undefined : rows.get(event.thread);
    return root === undefined ? [row] : [row, withReply(root, row)];
  }
  if (!('target' in event)) return [];
  const row = rows.get(event.target);
  if (row === undefined) return [];
  switch (event.type) {
    case 'edited': {
      const { mentions: _mentions, mass: _mass, ...rest } = row;
      const { text, mentions, mass } = event;
      return [
        {
          ...rest,
          text,
          editedAt: event.at,
          ...(mentions === undefined ? {} : { mentions }),
          ...(mass === undefined ? {} : { mass }),
        },
      ];
    }
    case 'deleted': {
      const root = row.thread === undefined ? undefined : rows.get(row.thread);
      return root === undefined ? [erased(row)] : [erased(row), withoutReply(root)];
    }
    case 'reacted':
      return [withReaction(row, event.emoji, event.actor, event.on)];
    case 'pinned': {
      const { pinned: _pinned, ...rest } = row;
      return [event.on ? { ...rest, pinned: true } : rest];
    }
    case 'hidden': {
      const { hidden: _hidden, ...rest } = row;
      return [event.on ? { ...rest, hidden: true } : rest];
    }
  }
}

function withReply(root: Message, reply: Message): Message {
  const users = root.replies?.users ?? [];
  const isNew = !users.includes(reply.actor) && users.length < maxRepliers;
  return {
    ...root,
    replies: {
      count: (root.replies?.count ?? 0) + 1,
      lastSeq: reply.seq,
      lastAt: reply.at,
      users: isNew ? [...users, reply.actor] : users,
    },
  };
}

function withoutReply(root: Message): Message {
  return root.replies === undefined
    ? root
    : { ...root, replies: { ...root.replies, count: Math.max(0, root.replies.count - 1) } };
}

/** Who said something and when stays, so that answers keep their place; what was said goes. */
function erased({ seq, at, actor, cid, replyTo, thread, replies }: Message): Message {
  return {
    seq,
    at,
    actor,
    cid,
    text: '',
    deleted: true,
    ...(replyTo === undefined ? {} : { replyTo }),
    ...(thread === undefined ? {} : { thread }),
    ...(replies === undefined ? {} : { replies }),
  };
}

function withReaction(row: Message, emoji: string, user: UserId, on: boolean): Message {
  const { reactions = [], ...rest } = row;
  const known = reactions.find((reaction) => reaction.emoji === emoji);
  let changed = reactions;
  if (on && known === undefined) changed = [...reactions, { emoji, users: [user] }];
  else {
    changed = reactions
      .map((reaction) => {
        if (reaction.emoji !== emoji) return reaction;
        const users = reaction.users.filter((other) => other !== user);
        return { emoji, users: on ? [...users, user] : users };
      })
      .filter(({ users }) => users.length > 0);
  }
  return changed.length === 0 ? rest : { ...rest, reactions: changed };
}
