import type { Message, StreamEvent, StreamId } from '@parley/protocol';
import type { StreamStore } from '../port.ts';

const maxEvents = 500;
/** An engine takes 16 MiB in one write; a chunk holds events and their rows, in UTF-16 units of which each is at most 3 bytes. */
const maxLength = 1_000_000;

/** Part of a stream as one append. */
export interface Chunk {
  readonly events: readonly StreamEvent[];
  readonly rows: readonly Message[];
}

/**
 * A stream in parts: events from a seq on, in order, with the rows of their messages as they stand now, and the rows of
 * older messages that they changed, which were copied before the change if the stream went on in between.
 * @param endAt seqs at which a part has to end
 */
export async function* chunksOf(
  store: StreamStore,
  stream: StreamId,
  from: number,
  to: number,
  endAt: readonly number[],
): AsyncGenerator<Chunk> {
  let next = from;
  while (next <= to) {
    const end = Math.min(to, ...endAt.filter((seq) => seq >= next));
    const events = upToLength(await store.read(stream, next, end, maxEvents));
    const last = events.at(-1);
    if (last === undefined)
      throw new Error(
        `${stream} ends before its head: event ${next} of ${to} is not there. Nothing was deleted; look into the source.`,
      );
    const limit = last.seq - next + 1;
    const own = await store.messages({ stream, from: next, to: last.seq, limit, direction: 'forward' });
    yield { events, rows: [...own, ...(await changedBefore(store, stream, next, events))] };
    next = last.seq + 1;
  }
}

function upToLength(events: readonly StreamEvent[]): readonly StreamEvent[] {
  let length = 0;
  const index = events.findIndex((event) => {
    length += JSON.stringify(event).length;
    return length > maxLength;
  });
  return index === -1 ? events : events.slice(0, Math.max(1, index));
}

async function changedBefore(
  store: StreamStore,
  stream: StreamId,
  from: number,
  events: readonly StreamEvent[],
): Promise<readonly Message[]> {
  const named = new Set<number>();
  for (const event of events) {
    if ('target' in event) named.add(event.target);
    if (event.type === 'posted' && event.thread !== undefined) named.add(event.thread);
  }
  const rows = await store.messagesAt(stream, [...named]);
  // A reply that is deleted changes the root of its thread too.
  const roots = rows.flatMap(({ thread }) => (thread === undefined || named.has(thread) ? [] : [thread]));
  const all = roots.length === 0 ? rows : [...rows, ...(await store.messagesAt(stream, [...new Set(roots)]))];
  return all.filter(({ seq }) => seq < from);
}
