import type { StreamEvent, StreamId } from '@parley/protocol';
import { eventsFrame } from './frames.ts';
import type { Frame } from './socket.ts';

/** What an event weighs besides its text, roughly. */
const eventChars = 300;

/** As many of the events as one frame may carry; one at least. */
export function firstPortion(events: readonly StreamEvent[], maxChars: number): readonly StreamEvent[] {
  let chars = 0;
  const end = events.findIndex((event) => (chars += eventChars + ('text' in event ? event.text.length : 0)) > maxChars);
  return end === -1 ? events : events.slice(0, Math.max(1, end));
}

/** Successive events in a frame, encoded once for all who come back to the same place. */
export interface Portion {
  /** The first and the last seq. */
  readonly from: number;
  readonly to: number;
  readonly frame: Frame;
}

/** As many of the events as one frame may carry, encoded; `undefined` for none. */
export function portionOf(stream: StreamId, events: readonly StreamEvent[], maxChars: number): Portion | undefined {
  const carried = firstPortion(events, maxChars);
  const from = carried[0]?.seq;
  const to = carried.at(-1)?.seq;
  return from === undefined || to === undefined ? undefined : { from, to, frame: eventsFrame(stream, carried) };
}
