import { ParleyError, type StreamId } from '@parley/protocol';
import type { Clock } from '../clock.ts';
import type { DocumentStore } from '../store/documents.ts';
import type { RecordStore, StreamStore } from '../store/port.ts';
import { directoryEntryOf, encodeSnapshot, entriesIn, touchesDirectory } from '../stream/index.ts';
import type { StreamState } from '../stream/types.ts';
import { type Draft, decideBatch, type Request } from './decide-batch.ts';
import type { Effects } from './effects.ts';
import { keepRows, type LoadedStream, loadStream } from './loaded-stream.ts';
import type { Safeguards, SequencerBounds } from './safeguards.ts';

/** Lost races in a row after which somebody else clearly owns the stream. */
const maxAttempts = 5;

/** What a sequencer asks of the store. */
export type SequencerStore = StreamStore & DocumentStore & Pick<RecordStore, 'putDirectoryEntry'>;

export interface AppendContext {
  readonly store: SequencerStore;
  readonly clock: Clock;
  readonly safeguards: Safeguards;
  readonly bounds: SequencerBounds;
  /** Told before each append, and of each that failed or was left in doubt. */
  readonly effects?: Pick<Effects, 'begin' | 'failed'>;
}

export interface Appended extends Draft {
  readonly loaded: LoadedStream;
}

/**
 * Decides and stores one stream's wishes. When another writer was faster, reloads and decides again: the duplicates'
 * check then finds what that writer stored. Refusals alone write nothing that could fail, so what they were judged by, state
 * and rows, is compared with the store's head after the fact: an owner that was replaced without knowing it must not refuse
 * what its successor takes, nor find done what that one has just done. Rejects with `unavailable` when the store does not
 * answer (the outcome is unknown; the caller forgets what it had loaded).
 */
export async function appendBatch(
  { store, clock, safeguards, bounds, effects }: AppendContext,
  stream: StreamId,
  known: LoadedStream | undefined,
  requests: readonly Request[],
): Promise<Appended> {
  let loaded = known;
  for (let attempt = 1; attempt <= maxAttempts; attempt++) {
    loaded ??= await loadStream(store, stream, bounds.maxRemembered);
    const draft = await decideBatch(store, stream, loaded, requests, clock.now(), safeguards);
    if (draft.events.length === 0) {
      const head = loaded.state?.head ?? 0;
      if (!isAhead(draft, head) && (!isJudgement(draft) || (await store.head(stream)) === head)) {
        if (loaded !== known && isResend(draft)) await projectDirectory(store, loaded.state);
        return { ...draft, loaded };
      }
    } else {
      await effects?.begin(stream, draft.events);
      if (await write(store, stream, loaded, draft, bounds)) {
        commit(loaded, draft);
        if (draft.events.some((event) => touchesDirectory(event)) || (loaded !== known && isResend(draft)))
          await projectDirectory(store, loaded.state);
        return { ...draft, loaded };
      }
      effects?.failed(stream);
    }
    loaded = undefined;
  }
  throw new ParleyError('unavailable', { message: `${maxAttempts} writers in a row were faster on ${stream}` });
}

/** Whether the state mattered to an outcome; that a command was seen before stays true for ever. */
const isJudgement = ({ outcomes }: Draft): boolean =>
  outcomes.some(({ type }) => type === 'rejected' || type === 'unchanged');

/**
 * Whether the store's index has a command that the state has not: another writer stored it a moment ago. Its effects cannot
 * be told from this state, and whoever stored it may not have carried them out.
 */
const isAhead = ({ outcomes }: Draft, head: number): boolean =>
  outcomes.some((outcome) => outcome.type === 'duplicate' && outcome.seq > head);

async function write(
  store: SequencerStore,
  stream: StreamId,
  loaded: LoadedStream,
  draft: Draft,
  { minEventsPerSnapshot }: SequencerBounds,
): Promise<boolean> {
  const last = draft.states.at(-1);
  const snapshot =
    last !== undefined && isSnapshotDue(loaded, last, minEventsPerSnapshot) ? encodeSnapshot(last) : undefined;
  const append = {
    stream,
    expectedHead: loaded.state?.head ?? 0,
    events: draft.events,
    messages: [...draft.changedRows.values()],
    ...(snapshot === undefined ? {} : { snapshot }),
  };
  const result = await store.append(append);
  if (result.ok && snapshot !== undefined && last !== undefined) loaded.snapshotSeq = last.head;
  return result.ok;
}

function isSnapshotDue(loaded: LoadedStream, state: StreamState, minEventsPerSnapshot: number): boolean {
  const since = state.head - loaded.snapshotSeq;
  return since >= minEventsPerSnapshot && since >= entriesIn(state);
}

function commit(loaded: LoadedStream, draft: Draft): void {
  loaded.state = draft.states.at(-1);
  for (const event of draft.events) loaded.recent.note(event);
  keepRows(loaded, [...draft.changedRows.values()]);
}

/**
 * The directory follows the log: idempotent, and guarded by seq. A failure in between leaves it behind until the resend
 * of the unacknowledged command, which meets a stream that had to be loaded anew, or the conversation's next change.
 */
async function projectDirectory(store: SequencerStore, state: StreamState | undefined): Promise<void> {
  if (state?.type === 'conversation') await store.putDirectoryEntry(directoryEntryOf(state));
}

const isResend = ({ outcomes }: Draft): boolean => outcomes.some(({ type }) => type === 'duplicate');
