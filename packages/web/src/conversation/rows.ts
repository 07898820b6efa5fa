import type { Message, UserId } from '@parley/client';
import { isSameDay } from '../state/format.ts';
import type { OutgoingPost } from '../state/outbox.ts';
import { indexAtOrAfter } from '../state/timeline.ts';

/** A row of the list: a stored message, or an own one on its way. */
export type Row = Message | OutgoingPost;

/** After a pause of this length, the author's name stands again. */
const groupMs = 5 * 60_000;
/** An event is at most so many rows from the end when its own send is still under way. */
const landingRows = 200;

export const isOutgoing = (row: Row): row is OutgoingPost => 'queuedAt' in row;
export const timeOf = (row: Row): number => (isOutgoing(row) ? row.queuedAt : row.at);
const authorOf = (row: Row, me: UserId): UserId => (isOutgoing(row) ? me : row.actor);

/** What tells a row from all others; the same for an own message before and after it is stored. */
export const keyOf = (row: Row, me: UserId): string => `${authorOf(row, me)} ${row.cid}`;

/** Stored messages, then own ones on their way. One that has arrived while its acknowledgement has not is shown once. */
export function rowsOf(stored: readonly Message[], outgoing: readonly OutgoingPost[]): readonly Row[] {
  if (outgoing.length === 0) return stored;
  const arrived = new Set(stored.slice(-landingRows).map(({ cid }) => cid));
  const waiting = outgoing.filter(({ cid }) => !arrived.has(cid));
  return waiting.length === 0 ? stored : [...stored, ...waiting];
}

/** How a row stands below the one before it. */
export interface Standing {
  /** The day's name stands above it. */
  readonly startsDay: boolean;
  /** The new-messages line stands above it. */
  readonly startsNew: boolean;
  /** It goes on without face and name. */
  readonly continues: boolean;
}

/** @param newAfter the new-messages line stands after this seq */
export function standingOf(row: Row, before: Row | undefined, newAfter: number, me: UserId): Standing {
  const startsDay = before === undefined || !isSameDay(timeOf(before), timeOf(row));
  const startsNew =
    !isOutgoing(row) && row.seq > newAfter && (before === undefined || isOutgoing(before) || before.seq <= newAfter);
  const continues =
    before !== undefined &&
    !startsDay &&
    !startsNew &&
    row.replyTo === undefined &&
    authorOf(before, me) === authorOf(row, me) &&
    timeOf(row) - timeOf(before) < groupMs;
  return { startsDay, startsNew, continues };
}

/** What became of the stored rows since the last time: `shift` when some were put before the first one. */
export interface RowsChange {
  readonly kind: 'same' | 'shift' | 'replaced';
}

/** Compares two states of a timeline's rows by their ends alone: rows in between never come or go. */
export function changeOf(before: readonly Message[], after: readonly Message[]): RowsChange {
  const first = before[0];
  if (first === undefined || before === after) return { kind: 'same' };
  const added = indexAtOrAfter(after, first.seq);
  const isKept = after[added]?.seq === first.seq && after.length >= before.length + added;
  return { kind: isKept ? (added > 0 ? 'shift' : 'same') : 'replaced' };
}

/** Where a key leads from a row; `undefined` where it leads nowhere, `end` below the last one. */
export function nextRow(key: string, at: number, count: number): number | 'end' | undefined {
  if (key === 'ArrowUp') return at > 0 ? at - 1 : undefined;
  if (key === 'ArrowDown') return at + 1 < count ? at + 1 : 'end';
  if (key === 'Home') return 0;
  return key === 'End' ? count - 1 : undefined;
}
