import type { Message, StreamId } from '@parley/protocol';
import type { StreamStore } from '../store/port.ts';
import { fold } from '../stream/index.ts';
import type { StreamState } from '../stream/types.ts';
import { RecentCommands } from './dedupe.ts';
import { defaultSequencerBounds } from './safeguards.ts';

/** Rows kept beside a stream for the next edit, reaction or reply. */
const maxRows = 200;

/** A stream in the sequencer's memory: true as long as every append to it succeeds; thrown away when one does not. */
export interface LoadedStream {
  state: StreamState | undefined;
  readonly recent: RecentCommands;
  /** Rows of messages that commands referred to, least recently used first. */
  readonly rows: Map<number, Message>;
  snapshotSeq: number;
  /** Whether those who watch have been told of this head: what was stored before it was loaded, nobody may have heard of. */
  isTold: boolean;
}

export async function loadStream(
  store: StreamStore,
  stream: StreamId,
  maxRemembered = defaultSequencerBounds.maxRemembered,
): Promise<LoadedStream> {
  const stored = await store.load(stream);
  const state = fold(stream, stored);
  const recent = new RecentCommands(maxRemembered, stored?.snapshot === undefined ? undefined : state?.newestCid);
  for (const event of stored?.events ?? []) recent.note(event);
  return {
    state,
    recent,
    rows: new Map(),
    snapshotSeq: stored?.snapshot?.seq ?? 0,
    isTold: false,
  };
}

/** Sees to it that these rows are in memory; rows that do not exist stay absent. */
export async function fetchRows(
  store: StreamStore,
  stream: StreamId,
  loaded: LoadedStream,
  seqs: Iterable<number>,
): Promise<void> {
  const missing = [...new Set(seqs)].filter((seq) => seq > 0 && !loaded.rows.has(seq));
  if (missing.length === 0) return;
  for (const row of await store.messagesAt(stream, missing)) loaded.rows.set(row.seq, row);
}

export function keepRows(loaded: LoadedStream, rows: readonly Message[]): void {
  for (const row of rows) {
    loaded.rows.delete(row.seq);
    loaded.rows.set(row.seq, row);
  }
  for (const seq of loaded.rows.keys()) {
    if (loaded.rows.size <= maxRows) break;
    loaded.rows.delete(seq);
  }
}
