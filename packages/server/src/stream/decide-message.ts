import { type ConversationCommand, limits, type Message } from '@parley/protocol';
import type { Judged } from './decide-conversation.ts';
import { refuseSilenced, refuseSlowed, refuseWriting } from './decide-moderation.ts';
import { massMentionIn, mentionsOf } from './mentions.ts';
import { refuse, unchanged } from './refuse.ts';
import type { Decision } from './types.ts';

type MessageCommand = Extract<ConversationCommand, { type: 'post' | 'edit' | 'delete' | 'react' | 'pin' }>;

export function decideMessage(judged: Judged, command: MessageCommand): Decision {
  if (command.type === 'post') return post(judged, command);
  const row = judged.rows.get(command.target);
  switch (command.type) {
    case 'edit':
      return edit(judged, command, row);
    case 'delete':
      return remove(judged, row);
    case 'react':
      return react(judged, command, row);
    case 'pin':
      return pin(judged, command, row);
  }
}

/** Why a text is none that may be posted, if it is not. */
export function refusedText(text: string): 'text-empty' | 'text-too-long' | undefined {
  if (text.trim() === '') return 'text-empty';
  return text.length > limits.maxTextLength ? 'text-too-long' : undefined;
}

function refuseText({ wish }: Judged, text: string): Decision | undefined {
  if (wish.sealed !== undefined) return undefined;
  const code = refusedText(text);
  if (code === undefined) return undefined;
  return code === 'text-empty' ? refuse('text-empty', 'command.text') : refuse('text-too-long', 'command.text');
}

function addressed(judged: Judged, text: string, named: Extract<ConversationCommand, { type: 'post' }>['mentions']) {
  const mentions = mentionsOf(named, judged.wish.actor, judged.state.members);
  const { sealed } = judged.wish;
  const mass = !judged.may('mentionAll') ? undefined : sealed === undefined ? massMentionIn(text) : sealed.mass;
  return { ...(mentions === undefined ? {} : { mentions }), ...(mass === undefined ? {} : { mass }) };
}

function post(judged: Judged, command: Extract<MessageCommand, { type: 'post' }>): Decision {
  if (!judged.may('post')) return refuse('forbidden');
  const held = refuseWriting(judged) ?? refuseSlowed(judged);
  if (held !== undefined) return held;
  const { text, replyTo, thread } = command;
  const refused = refuseText(judged, text);
  if (refused !== undefined) return refused;
  if (thread !== undefined) {
    const root = judged.rows.get(thread);
    if (root === undefined || root.deleted === true || root.thread !== undefined)
      return refuse('no-such-message', 'command.thread');
  }
  if (replyTo !== undefined) {
    const answered = judged.rows.get(replyTo);
    const isNear = answered !== undefined && (answered.thread === thread || answered.seq === thread);
    if (answered === undefined || answered.deleted === true || !isNear)
      return refuse('no-such-message', 'command.replyTo');
  }
  return judged.event({
    type: 'posted',
    text,
    ...(replyTo === undefined ? {} : { replyTo }),
    ...(thread === undefined ? {} : { thread }),
    ...addressed(judged, text, command.mentions),
  });
}

function edit(judged: Judged, command: Extract<MessageCommand, { type: 'edit' }>, row: Message | undefined): Decision {
  if (!judged.may('editOwn')) return refuse('forbidden');
  if (row === undefined || row.deleted === true) return refuse('no-such-message', 'command.target');
  if (row.actor !== judged.wish.actor) return refuse('not-yours', 'command.target');
  const held = refuseWriting(judged);
  if (held !== undefined) return held;
  // What a moderator took from sight comes back by a moderator only.
  if (row.hidden === true) return refuse('forbidden', 'command.target');
  const refused = refuseText(judged, command.text);
  if (refused !== undefined) return refused;
  if (row.text === command.text) return unchanged;
  return judged.event({
    type: 'edited',
    target: row.seq,
    text: command.text,
    ...addressed(judged, command.text, command.mentions),
  });
}

function remove(judged: Judged, row: Message | undefined): Decision {
  if (row === undefined) return refuse('no-such-message', 'command.target');
  const isOwn = row.actor === judged.wish.actor;
  if (!judged.may(isOwn ? 'deleteOwn' : 'deleteAny'))
    return refuse(isOwn ? 'forbidden' : 'not-yours', 'command.target');
  return row.deleted === true ? unchanged : judged.event({ type: 'deleted', target: row.seq });
}

function react(
  judged: Judged,
  command: Extract<MessageCommand, { type: 'react' }>,
  row: Message | undefined,
): Decision {
  if (!judged.may('react')) return refuse('forbidden');
  const held = refuseSilenced(judged);
  if (held !== undefined) return held;
  if (row === undefined || row.deleted === true) return refuse('no-such-message', 'command.target');
  const users = row.reactions?.find(({ emoji }) => emoji === command.emoji)?.users;
  if ((users?.includes(judged.wish.actor) ?? false) === command.on) return unchanged;
  if (users === undefined && (row.reactions?.length ?? 0) >= limits.maxReactionsPerMessage)
    return refuse('limit-reached');
  return judged.event({ type: 'reacted', target: row.seq, emoji: command.emoji, on: command.on });
}

function pin(judged: Judged, command: Extract<MessageCommand, { type: 'pin' }>, row: Message | undefined): Decision {
  if (!judged.may('pin')) return refuse('forbidden');
  if (row === undefined || row.deleted === true) return refuse('no-such-message', 'command.target');
  if (judged.state.pins.includes(row.seq) === command.on) return unchanged;
  if (command.on && judged.state.pins.length >= limits.maxPins) return refuse('limit-reached');
  return judged.event({ type: 'pinned', target: row.seq, on: command.on });
}
