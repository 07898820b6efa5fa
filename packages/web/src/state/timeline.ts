import type { ConversationEvent, Message, MessagePage } from '@parley/client';

/** A stretch of one conversation (or one thread) without holes, ascending by seq, and what is known about both its ends. */
export interface Timeline {
  readonly rows: readonly Message[];
  readonly hasBefore: boolean;
  readonly hasAfter: boolean;
  /** The last event taken in: a live event at or below it is a repetition. */
  readonly head: number;
  /** The root of the thread; absent for the conversation itself. */
  readonly thread?: number;
}

/** Remembered repliers of a thread, as many as the server names. */
const maxRepliers = 20;

export const emptyTimeline = (thread?: number): Timeline => ({
  rows: [],
  hasBefore: false,
  hasAfter: false,
  head: 0,
  ...(thread === undefined ? {} : { thread }),
});

/** The index of the first row at or above `seq`; `rows.length` when there is none. */
export function indexAtOrAfter(rows: readonly Message[], seq: number): number {
  let low = 0;
  let high = rows.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((rows[middle]?.seq ?? 0) < seq) low = middle + 1;
    else high = middle;
  }
  return low;
}

export function findRow(timeline: Timeline, seq: number): Message | undefined {
  const row = timeline.rows[indexAtOrAfter(timeline.rows, seq)];
  return row?.seq === seq ? row : undefined;
}

/** Two ascending lists as one; where both have a seq, the newer list's row counts. */
function merge(older: readonly Message[], newer: readonly Message[]): readonly Message[] {
  const firstOfNewer = newer[0];
  const lastOfOlder = older.at(-1);
  if (firstOfNewer === undefined) return older;
  if (lastOfOlder === undefined || lastOfOlder.seq < firstOfNewer.seq) return [...older, ...newer];
  const bySeq = new Map(older.map((row) => [row.seq, row]));
  for (const row of newer) bySeq.set(row.seq, row);
  return [...bySeq.values()].toSorted((a, b) => a.seq - b.seq);
}

/** Starts anew from a page: the newest one, or one around a message jumped to. */
export const fromPage = (page: MessagePage, thread?: number): Timeline => ({
  ...emptyTimeline(thread),
  rows: page.messages,
  hasBefore: page.hasBefore,
  hasAfter: page.hasAfter,
  head: page.head,
});

/** Adds the page before the first row. */
export const prependPage = (timeline: Timeline, page: MessagePage): Timeline => ({
  ...timeline,
  rows: merge(page.messages, timeline.rows),
  hasBefore: page.hasBefore,
});

/** Adds the page after the last row. */
export const appendPage = (timeline: Timeline, page: MessagePage): Timeline => ({
  ...timeline,
  rows: merge(timeline.rows, page.messages),
  hasAfter: page.hasAfter,
});

/** The timeline with one of its rows changed; the same timeline where the row is not in it. */
export function updateRow(timeline: Timeline, seq: number, change: (row: Message) => Message): Timeline {
  const index = indexAtOrAfter(timeline.rows, seq);
  const row = timeline.rows[index];
  if (row === undefined || row.seq !== seq) return timeline;
  const rows = timeline.rows.slice();
  rows[index] = change(row);
  return { ...timeline, rows };
}

/** A message as it stands right after its event. */
export const messageOf = (event: Extract<ConversationEvent, { type: 'posted' }>): Message => {
  const { type: _, ...message } = event;
  return message;
};

function countReply(root: Message, event: Extract<ConversationEvent, { type: 'posted' }>): Message {
  const { replies } = root;
  if (replies !== undefined && replies.lastSeq >= event.seq) return root;
  const users = replies?.users ?? [];
  return {
    ...root,
    replies: {
      count: (replies?.count ?? 0) + 1,
      lastSeq: event.seq,
      lastAt: event.at,
      users: users.includes(event.actor) || users.length >= maxRepliers ? users : [...users, event.actor],
    },
  };
}

/** A message with somebody's reaction set or withdrawn. */
export function reactTo(message: Message, emoji: string, user: Message['actor'], on: boolean): Message {
  const reactions = message.reactions ?? [];
  const found = reactions.find((one) => one.emoji === emoji);
  const others = (found?.users ?? []).filter((one) => one !== user);
  const users = on ? (found?.users.includes(user) === true ? found.users : [...others, user]) : others;
  if (found === undefined)
    return users.length === 0 ? message : { ...message, reactions: [...reactions, { emoji, users }] };
  return {
    ...message,
    reactions: reactions.flatMap((one) => (one !== found ? [one] : users.length === 0 ? [] : [{ emoji, users }])),
  };
}

/** What stays of a deleted message: its place, its author, its thread. */
export function deletedForm({ reactions: _r, mentions: _m, mass: _a, ...rest }: Message): Message {
  return { ...rest, text: '', deleted: true, pinned: false };
}

/** What is told of a hidden message: all but what it says. */
export function hiddenForm({ mentions: _m, mass: _a, ...rest }: Message): Message {
  return { ...rest, text: '', hidden: true };
}

function edited(row: Message, event: Extract<ConversationEvent, { type: 'edited' }>): Message {
  const { mentions: _m, mass: _a, unreadable: _u, ...rest } = row;
  return {
    ...rest,
    text: event.text,
    editedAt: event.at,
    ...(event.mentions === undefined ? {} : { mentions: event.mentions }),
    ...(event.mass === undefined ? {} : { mass: event.mass }),
    ...(event.unreadable === undefined ? {} : { unreadable: event.unreadable }),
  };
}

function posted(timeline: Timeline, event: Extract<ConversationEvent, { type: 'posted' }>): Timeline {
  if (event.thread !== timeline.thread) {
    return event.thread === undefined ? timeline : updateRow(timeline, event.thread, (root) => countReply(root, event));
  }
  // With messages missing in between, the new one waits for its page: no hole is ever shown.
  if (timeline.hasAfter || (timeline.rows.at(-1)?.seq ?? 0) >= event.seq) return timeline;
  return { ...timeline, rows: [...timeline.rows, messageOf(event)] };
}

/** Takes in one live event. Repetitions change nothing. */
export function applyEvent(timeline: Timeline, event: ConversationEvent): Timeline {
  if (event.seq <= timeline.head) return timeline;
  return { ...change(timeline, event), head: event.seq };
}

function change(timeline: Timeline, event: ConversationEvent): Timeline {
  switch (event.type) {
    case 'posted':
      return posted(timeline, event);
    case 'edited':
      return updateRow(timeline, event.target, (row) => edited(row, event));
    case 'deleted':
      return updateRow(timeline, event.target, deletedForm);
    case 'reacted':
      return updateRow(timeline, event.target, (row) => reactTo(row, event.emoji, event.actor, event.on));
    case 'hidden':
      return event.on ? updateRow(timeline, event.target, hiddenForm) : timeline;
    case 'pinned':
      return updateRow(timeline, event.target, (row) => ({ ...row, pinned: event.on }));
    default:
      return timeline;
  }
}
