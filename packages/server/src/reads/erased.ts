import type { Message, StreamEvent, StreamId } from '@parley/protocol';
import type { StreamStore } from '../store/port.ts';
import type { StreamState } from '../stream/types.ts';

/** The event of a message that was deleted or hidden since: that it was said, by whom and where it belongs, and nothing of what. */
export function erased(event: StreamEvent): StreamEvent {
  if (event.type !== 'posted' && event.type !== 'edited') return event;
  const { mentions: _mentions, mass: _mass, ...rest } = event;
  return { ...rest, text: '' };
}

/** A row as it is told: of a hidden one that it was said, by whom and where it belongs. Its text is looked at by itself. */
export function shown(row: Message): Message {
  if (row.hidden !== true) return row;
  const { mentions: _mentions, mass: _mass, ...rest } = row;
  return { ...rest, text: '' };
}

/**
 * Events read from the log, where the text of deleted and hidden messages stays until a policy removes it: here it ends. Costs
 * a second read only in conversations in which something was deleted or hidden.
 * @param state of the stream, at or above the last of the events
 */
export async function withoutDeleted(
  store: StreamStore,
  stream: StreamId,
  state: StreamState | undefined,
  events: readonly StreamEvent[],
): Promise<readonly StreamEvent[]> {
  if (state?.type !== 'conversation' || (state.deletes === 0 && state.hides === 0)) return events;
  const messageOf = (event: StreamEvent): number | undefined =>
    event.type === 'posted' ? event.seq : event.type === 'edited' ? event.target : undefined;
  const said = new Set(events.map(messageOf).filter((seq) => seq !== undefined));
  if (said.size === 0) return events;
  const rows = await store.messagesAt(stream, [...said]);
  const gone = new Set(rows.filter(({ deleted, hidden }) => deleted === true || hidden === true).map(({ seq }) => seq));
  if (gone.size === 0) return events;
  return events.map((event) => (gone.has(messageOf(event) ?? 0) ? erased(event) : event));
}
