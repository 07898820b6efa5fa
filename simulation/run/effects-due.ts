import { isConversationStream, type Message, type StreamEvent, type StreamId } from '@parley/protocol';
import { decide, evolve, fold, followUps, rowsAfter } from '../../packages/server/src/stream/index.ts';
import type { StreamState } from '../../packages/server/src/stream/types.ts';

/**
 * What stored events should have brought about in people's own streams, and did not: carrying every effect out again, whoever
 * stored its event and whatever became of them, must change nothing.
 */
export function effectsDue(stored: ReadonlyMap<StreamId, readonly StreamEvent[]>): string[] {
  const found: string[] = [];
  const known = new Map<StreamId, { readonly state: StreamState | undefined; readonly cids: ReadonlySet<string> }>();
  const personOf = (stream: StreamId): NonNullable<ReturnType<typeof known.get>> => {
    const events = stored.get(stream) ?? [];
    const person = known.get(stream) ?? {
      state: fold(stream, { events }),
      cids: new Set(events.map(({ actor, cid }) => `${actor} ${cid}`)),
    };
    known.set(stream, person);
    return person;
  };
  for (const [stream, events] of stored) {
    if (!isConversationStream(stream)) continue;
    const rows = new Map<number, Message>();
    let state: StreamState | undefined;
    for (const event of events) {
      state = evolve(state, stream, event);
      for (const row of rowsAfter(event, rows)) rows.set(row.seq, row);
    }
    if (state === undefined) continue;
    for (const event of events) {
      for (const effect of followUps(state, event, rows)) {
        const person = personOf(effect.stream);
        if (person.cids.has(`${effect.actor} ${effect.cid}`)) continue;
        if (decide(person.state, effect, 0, rows).type === 'event')
          found.push(`P1: ${effect.stream} never heard of ${effect.command.type} by ${stream} ${event.seq}`);
      }
    }
  }
  return found;
}
