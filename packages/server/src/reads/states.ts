import { type ConversationId, isConversationStream, type StreamId, type UserId } from '@parley/protocol';
import type { StreamStore } from '../store/port.ts';
import { evolve, fold } from '../stream/index.ts';
import type { ConversationState, StreamState, UserState } from '../stream/types.ts';

/** Events read at once to bring a remembered state up to date; further behind, it is loaded anew. */
const maxEventsToFold = 1_000;

/** The folded states of streams, as new as the store. */
export interface StreamStates {
  /** The state at the store's head, or later; `undefined` for a stream without events. */
  read(stream: StreamId): Promise<StreamState | undefined>;
  conversation(stream: ConversationId): Promise<ConversationState | undefined>;
  user(stream: UserId): Promise<UserState | undefined>;
  /** What is remembered of a stream is no longer so: the next read asks the store. */
  forget(stream: StreamId): void;
}

/** Remembers folded states and reads only what is new; whoever asks for the same stream at once shares one read. */
export function createStates({ store, maxStreams = 5_000 }: { store: StreamStore; maxStreams?: number }): StreamStates {
  const known = new Map<StreamId, StreamState>();
  // A read that began before somebody asked may miss what was stored in between, so only reads not yet begun are shared.
  const queued = new Map<StreamId, Promise<StreamState | undefined>>();

  /** What was being read while something was forgotten may hold it, and is not remembered. */
  let forgotten = 0;

  const keep = (stream: StreamId, state: StreamState | undefined, began: number): StreamState | undefined => {
    if (state === undefined || began !== forgotten) return state;
    const former = known.get(stream);
    const newest = former !== undefined && former.head > state.head ? former : state;
    known.delete(stream);
    known.set(stream, newest);
    const [oldest] = known.keys();
    if (known.size > maxStreams && oldest !== undefined) known.delete(oldest);
    return newest;
  };

  const load = async (stream: StreamId): Promise<StreamState | undefined> => {
    const began = forgotten;
    let state = known.get(stream);
    if (state === undefined) return keep(stream, fold(stream, await store.load(stream)), began);
    const head = await store.head(stream);
    if (head - state.head > maxEventsToFold) return keep(stream, fold(stream, await store.load(stream)), began);
    if (head > state.head) {
      for (const event of await store.read(stream, state.head + 1, head, maxEventsToFold))
        state = evolve(state, stream, event);
    }
    return keep(stream, state, began);
  };

  const read = (stream: StreamId): Promise<StreamState | undefined> => {
    let reading = queued.get(stream);
    if (reading === undefined) {
      reading = Promise.resolve().then(() => {
        queued.delete(stream);
        return load(stream);
      });
      queued.set(stream, reading);
    }
    return reading;
  };

  return {
    read,
    async conversation(stream) {
      const state = isConversationStream(stream) ? await read(stream) : undefined;
      return state?.type === 'conversation' ? state : undefined;
    },
    async user(stream) {
      const state = await read(stream);
      return state?.type === 'user' ? state : undefined;
    },
    forget(stream) {
      forgotten++;
      known.delete(stream);
    },
  };
}
