import type { Message, StreamEvent } from '@parley/protocol';
import type { Append } from '../port.ts';

/** An append as it travels to the one who writes: a row that says what its event says is only named, by its seq. */
export interface CompactAppend extends Omit<Append, 'messages'> {
  readonly messages: readonly (Message | number)[];
}

/** Leaves out what would travel twice: of a message just posted, all of its row. */
export function compact(append: Append): CompactAppend {
  const { events, expectedHead } = append;
  const messages = append.messages.map((row) => (isOf(row, events[row.seq - expectedHead - 1]) ? row.seq : row));
  return { ...append, messages };
}

/** The row that was left out. */
export function rowOf({ events, expectedHead }: CompactAppend, seq: number): Message {
  const event = events[seq - expectedHead - 1];
  if (event === undefined) throw new Error(`there is no event ${seq} in this append`);
  return rowOfPosted(event);
}

/** What a message is while nothing has happened to it. */
export function rowOfPosted(event: StreamEvent): Message {
  if (event.type !== 'posted') throw new Error(`event ${event.seq} posted no message`);
  const { type: _type, ...row } = event;
  return row;
}

/** Whether the row is what the event posted, unchanged since. Their parts are the very same, or it is not worth a comparison. */
function isOf(row: Message, event: StreamEvent | undefined): boolean {
  if (event?.type !== 'posted' || row.text !== event.text) return false;
  const names = Object.keys(row);
  return (
    names.length === Object.keys(event).length - 1 &&
    names.every((name) => Reflect.get(row, name) === Reflect.get(event, name))
  );
}
