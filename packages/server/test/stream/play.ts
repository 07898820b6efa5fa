import type { ConversationEvent, Message, StreamId } from '@parley/protocol';
import { type ConversationState, decide, evolve, rowsAfter } from '../../src/stream/index.ts';
import type { Step } from './arbitraries.ts';
import { people, wishOf } from './people.ts';

/** One event of a played story, with the states around it. */
export interface Moment {
  readonly event: ConversationEvent;
  readonly who: number;
  readonly before: ConversationState | undefined;
  readonly after: ConversationState;
  /** Message rows after the event. */
  readonly rows: ReadonlyMap<number, Message>;
}

/** Lets people wish one after the other; returns what happened. */
export function play(stream: StreamId, steps: readonly Step[]): readonly Moment[] {
  const moments: Moment[] = [];
  let state: ConversationState | undefined;
  let rows: ReadonlyMap<number, Message> = new Map();
  for (const [index, { who, command }] of steps.entries()) {
    const decision = decide(state, wishOf(stream, people[who] ?? people[0], command), 1_000 + index, rows);
    if (decision.type !== 'event') continue;
    const event = decision.event as ConversationEvent;
    const after = evolve(state, stream, event) as ConversationState;
    const changed = new Map(rows);
    for (const row of rowsAfter(event, rows)) changed.set(row.seq, row);
    rows = changed;
    moments.push({ event, who, before: state, after, rows });
    state = after;
  }
  return moments;
}
