import { styleText } from 'node:util';
import type { ConversationEvent, Message, UserId } from '@parley/client';

type Style = Parameters<typeof styleText>[0];

/** How lines are written. */
export interface Look {
  /** Colours, for a terminal. */
  readonly isColoured: boolean;
  readonly nameOf: (user: UserId) => string;
}

const nameColours = ['cyan', 'green', 'yellow', 'magenta', 'blue', 'red'] as const;

/**
 * Text of others, fit for a terminal: on one line, and without the control characters that could move the cursor,
 * change the title or forge what stands above.
 */
export const plain = (text: string): string =>
  Array.from(text.replaceAll(/\r\n?|\n/g, ' ⏎ '), (char) =>
    /\p{Cc}|\p{Bidi_Control}/u.test(char) ? '\ufffd' : char,
  ).join('');

/** A message of a page of history, as it stands now. */
export function messageLine(message: Message, look: Look): string {
  const { seq, at, actor, replyTo, thread, editedAt, deleted, reactions = [] } = message;
  if (deleted === true) return line(at, seq, `${name(actor, look)} ${styled('dim', '(deleted)', look)}`, look);
  if (message.unreadable !== undefined)
    return line(at, seq, `${name(actor, look)} ${styled('dim', `(${message.unreadable})`, look)}`, look);
  const edited = editedAt === undefined ? '' : styled('dim', ' (edited)', look);
  const faces = reactions.map(({ emoji, users }) => `${plain(emoji)}${users.length > 1 ? users.length : ''}`).join(' ');
  const told = faces === '' ? '' : styled('dim', ` [${faces}]`, look);
  return line(
    at,
    seq,
    `${name(actor, look)}${where({ replyTo, thread }, look)}: ${plain(message.text)}${edited}${told}`,
    look,
  );
}

/** What happened, on one line. */
export function eventLine(event: ConversationEvent, look: Look): string {
  const who = name(event.actor, look);
  if (event.type === 'posted')
    return line(event.at, event.seq, `${who}${where(event, look)}: ${plain(event.text)}`, look);
  return line(
    event.at,
    event.seq,
    styled('dim', '* ', look) + who + styled('dim', ` ${deedOf(event, look)}`, look),
    look,
  );
}

function deedOf(event: Exclude<ConversationEvent, { type: 'posted' }>, { nameOf }: Look): string {
  const all = (users: readonly UserId[]): string => users.map((user) => plain(nameOf(user))).join(', ');
  switch (event.type) {
    case 'created':
      return `made this ${event.kind}${event.name === '' ? '' : ` '${plain(event.name)}'`}`;
    case 'edited':
      return `edited #${event.target}: ${plain(event.text)}`;
    case 'deleted':
      return `deleted #${event.target}`;
    case 'reacted':
      return `${event.on ? 'reacted with' : 'took back'} ${plain(event.emoji)} on #${event.target}`;
    case 'pinned':
      return `${event.on ? 'pinned' : 'unpinned'} #${event.target}`;
    case 'renamed':
      return `renamed this to '${plain(event.name)}'`;
    case 'topicSet':
      return `set the topic: ${plain(event.topic)}`;
    case 'archived':
      return event.on ? 'archived this' : 'opened this again';
    case 'membersAdded':
      if (event.how === 'joined') return 'joined';
      return `${event.how === 'invited' ? 'invited' : 'let in'} ${all(event.members.map(({ user }) => user))}`;
    case 'memberRemoved':
      return event.how === 'left' ? 'left' : `${event.how} ${all([event.user])}`;
    case 'roleSet':
      return `made ${all([event.user])} ${event.role}`;
    case 'hidden':
      return `${event.on ? 'hid' : 'showed'} #${event.target}`;
    case 'silenced':
      return event.until === 0
        ? `lets ${all([event.user])} write again`
        : `silenced ${all([event.user])} until ${new Date(event.until).toLocaleString()}`;
    case 'banLifted':
      return `lifted the ban of ${all([event.user])}`;
    case 'rulesSet':
      return `set the rules: ${rulesOf(event)}`;
    case 'joinRequested':
      return 'asks to be let in';
    case 'joinDeclined':
      return event.user === event.actor ? 'no longer asks to be let in' : `did not let in ${all([event.user])}`;
  }
}

function rulesOf({ slowModeMs, readOnly, approval }: Extract<ConversationEvent, { type: 'rulesSet' }>): string {
  const rules = [
    ...(slowModeMs === 0 ? [] : [`one message in ${slowModeMs / 1_000} s`]),
    ...(readOnly ? ['only moderators write'] : []),
    ...(approval ? ['moderators let people in'] : []),
  ];
  return rules.length === 0 ? 'none' : rules.join(', ');
}

/** Everybody an event names, so that their names can be asked for first. */
export function peopleIn(event: ConversationEvent): UserId[] {
  if (event.type === 'membersAdded') return [event.actor, ...event.members.map(({ user }) => user)];
  return 'user' in event ? [event.actor, event.user] : [event.actor];
}

function where({ replyTo, thread }: { replyTo?: number | undefined; thread?: number | undefined }, look: Look): string {
  if (replyTo !== undefined) return styled('dim', ` ↳ #${replyTo}`, look);
  return thread === undefined ? '' : styled('dim', ` in thread #${thread}`, look);
}

function line(at: number, seq: number, rest: string, look: Look): string {
  const time = new Date(at).toTimeString().slice(0, 5);
  return `${styled('dim', `${time} #${seq}`, look)} ${rest}`;
}

/** The same person always in the same colour. */
function name(user: UserId, look: Look): string {
  const sum = Array.from(user as string).reduce((total, char) => total + (char.codePointAt(0) ?? 0), 0);
  return styled(['bold', nameColours[sum % nameColours.length] ?? 'cyan'], plain(look.nameOf(user)), look);
}

const styled = (style: Style, text: string, { isColoured }: Look): string =>
  isColoured ? styleText(style, text, { validateStream: false }) : text;
