import { type Message, ParleyError, type StreamEvent, type StreamId } from '@parley/protocol';
import type { ReplyTo } from '../envelope.ts';
import type { StreamStore } from '../store/port.ts';
import { decide, evolve, rowsAfter, rowsNeeded } from '../stream/index.ts';
import type { Rows, StreamState, Wish } from '../stream/types.ts';
import { fetchRows, type LoadedStream } from './loaded-stream.ts';
import type { Safeguards } from './safeguards.ts';

/** A wish with who waits for it. */
export interface Request {
  readonly wish: Wish;
  readonly replyTo: ReplyTo | undefined;
  /** Taken from its sender for good (a follow-up, or acknowledged by the log): must be stored or refused, never dropped. */
  readonly mustNotBeLost: boolean;
}

export type Outcome =
  | { readonly type: 'stored'; readonly request: Request; readonly event: StreamEvent }
  /** Seen before: `seq` is the first one's. */
  | { readonly type: 'duplicate'; readonly request: Request; readonly seq: number }
  | { readonly type: 'unchanged'; readonly request: Request; readonly seq: number }
  | { readonly type: 'rejected'; readonly request: Request; readonly error: ParleyError };

/** What a batch of wishes comes to, before anything is written. */
export interface Draft {
  readonly outcomes: readonly Outcome[];
  readonly events: readonly StreamEvent[];
  /** The state and the message rows after each event, in step with `events`. */
  readonly states: readonly StreamState[];
  readonly changedRows: ReadonlyMap<number, Message>;
  /** The rows as they stand after the batch. */
  readonly rows: Rows;
}

/** Decides a batch of one stream's wishes in order, against memory and, where memory does not reach, the store's index. */
export async function decideBatch(
  store: StreamStore,
  stream: StreamId,
  loaded: LoadedStream,
  requests: readonly Request[],
  now: number,
  safeguards: Safeguards,
): Promise<Draft> {
  const known = await findEarlier(store, stream, loaded, requests);
  const needed = requests.flatMap(({ wish }) => rowsNeeded(wish.command));
  if (needed.length > 0) await fetchRows(store, stream, loaded, needed);

  const changedRows = new Map<number, Message>();
  // Laid over what is loaded, not copied with it: nothing is known to have happened before the store has taken it.
  const rows: Rows = { get: (seq) => changedRows.get(seq) ?? loaded.rows.get(seq) };
  const outcomes: Outcome[] = [];
  const events: StreamEvent[] = [];
  const states: StreamState[] = [];
  let state = loaded.state;

  for (const request of requests) {
    const { wish } = request;
    const key = `${wish.actor} ${wish.cid}`;
    const earlier = safeguards.dedupe ? known.get(key) : undefined;
    if (earlier !== undefined) {
      outcomes.push({ type: 'duplicate', request, seq: earlier });
      continue;
    }
    if (wish.command.type === 'delete') await fetchThreadRoot(store, stream, loaded, rows, wish.command.target);
    const decision = decide(state, wish, now, rows);
    if (decision.type === 'rejected') {
      outcomes.push({ type: 'rejected', request, error: decision.error });
    } else if (decision.type === 'unchanged') {
      outcomes.push({ type: 'unchanged', request, seq: state?.head ?? 0 });
    } else {
      const { event } = decision;
      state = evolve(state, stream, event);
      for (const row of rowsAfter(event, rows)) changedRows.set(row.seq, row);
      known.set(key, event.seq);
      events.push(event);
      states.push(state);
      outcomes.push({ type: 'stored', request, event });
    }
  }
  return { outcomes, events, states, changedRows, rows };
}

/** The seqs of those wishes that were answered before, by `actor cid`. */
async function findEarlier(
  store: StreamStore,
  stream: StreamId,
  loaded: LoadedStream,
  requests: readonly Request[],
): Promise<Map<string, number>> {
  const known = new Map<string, number>();
  const unsure = new Map<string, Wish>();
  for (const { wish } of requests) {
    const key = `${wish.actor} ${wish.cid}`;
    const seq = loaded.recent.find(wish.actor, wish.cid);
    if (seq !== undefined) known.set(key, seq);
    else if (loaded.recent.mayHaveForgotten(wish.cid)) unsure.set(key, wish);
  }
  if (unsure.size > 0) {
    await Promise.all(
      Array.from(unsure, async ([key, wish]) => {
        const seq = await store.findByCid(stream, wish.actor, wish.cid);
        if (seq !== undefined) known.set(key, seq);
      }),
    );
  }
  return known;
}

/** Deleting a reply changes its root's row too, which the command does not name. */
async function fetchThreadRoot(
  store: StreamStore,
  stream: StreamId,
  loaded: LoadedStream,
  rows: Rows,
  target: number,
): Promise<void> {
  const root = rows.get(target)?.thread;
  if (root !== undefined && rows.get(root) === undefined) await fetchRows(store, stream, loaded, [root]);
}
