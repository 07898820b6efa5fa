import type { StreamEvent } from '@parley/protocol';

/** What an event weighs besides its text, roughly. */
const eventChars = 300;

/** As many of the events as one frame may carry; one at least. */
export function firstPortion(events: readonly StreamEvent[], maxChars: number): readonly StreamEvent[] {
  let chars = 0;
  const end = events.findIndex((event) => (chars += eventChars + ('text' in event ? event.text.length : 0)) > maxChars);
  return end === -1 ? events : events.slice(0, Math.max(1, end));
}
