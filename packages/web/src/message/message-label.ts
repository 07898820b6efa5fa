import type { Message } from '@parley/client';
import { plainText } from '../markdown/render.ts';
import { clockTime, plural } from '../state/format.ts';
import { unreadableNote } from './unreadable.ts';

/** Longer texts are read in the message itself. */
const maxSpoken = 280;

/** A message as a screen reader says it when the arrow keys reach it. */
export function messageLabel(message: Message, name: string): string {
  const text = saidBy(message);
  const reactions = (message.reactions ?? []).reduce((sum, { users }) => sum + users.length, 0);
  const marks = [
    message.editedAt === undefined ? '' : 'edited',
    message.pinned === true ? 'pinned' : '',
    reactions === 0 ? '' : plural(reactions, 'reaction'),
    message.replies === undefined ? '' : plural(message.replies.count, 'reply', 'replies'),
  ].filter((mark) => mark !== '');
  return `${name}, ${clockTime(message.at)}: ${[text, ...marks].join(', ')}`;
}

function saidBy(message: Message): string {
  const { deleted, hidden, text } = message;
  if (deleted === true) return 'deleted message';
  const note = unreadableNote(message);
  if (note !== undefined) return note;
  return hidden === true ? 'message hidden by a moderator' : plainText(text).slice(0, maxSpoken);
}

const pictures = /^(?:(?:\p{RGI_Emoji})\s*){1,6}$/v;

/** A few emoji and nothing else are shown large. */
export const isJumbo = (text: string): boolean => text.length <= 60 && pictures.test(text.trim());
