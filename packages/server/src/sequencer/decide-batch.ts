import { type Message, ParleyError, type StreamEvent, type StreamId } from '@parley/protocol';
import type { ReplyTo } from '../envelope.ts';
import type { StreamStore } from '../store/port.ts';
import { decide, evolve, rowsAfter, rowsNeeded } from '../stream/index.ts';
import type { StreamState, Wish } from '../stream/types.ts';
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
  readonly rows: ReadonlyMap<number, Message>;
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
  await fetchRows(
    store,
    stream,
    loaded,
    requests.flatMap(({ wish }) => rowsNeeded(wish.command)),
  );

  const rows = new Map(loaded.rows);
  const changedRows = new Map<number, Message>();
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
    await fetchThreadRoots(store, stream, loaded, rows, wish);
    const decision = decide(state, wish, now, rows);
    if (decision.type === 'rejected') {
      outcomes.push({ type: 'rejected', request, error: decision.error });
    } else if (decision.type === 'unchanged') {
      outcomes.push({ type: 'unchanged', request, seq: state?.head ?? 0 });
    } else {
      const { event } = decision;
      state = evolve(state, stream, event);
      for (const row of rowsAfter(event, rows)) {
        rows.set(row.seq, row);
        changedRows.set(row.seq, row);
      }
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
    else if (!loaded.recent.isComplete) unsure.set(key, wish);
  }
  await Promise.all(
    Array.from(unsure, async ([key, wish]) => {
      const seq = await store.findByCid(stream, wish.actor, wish.cid);
      if (seq !== undefined) known.set(key, seq);
    }),
  );
  return known;
}

/** Deleting a reply changes its root's row too, which the command does not name. */
async function fetchThreadRoots(
  store: StreamStore,
  stream: StreamId,
  loaded: LoadedStream,
  rows: Map<number, Message>,
  wish: Wish,
): Promise<void> {
  if (wish.command.type !== 'delete') return;
  const root = rows.get(wish.command.target)?.thread;
  if (root === undefined || rows.has(root)) return;
  await fetchRows(store, stream, loaded, [root]);
  const row = loaded.rows.get(root);
  if (row !== undefined) rows.set(root, row);
}
