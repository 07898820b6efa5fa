import type { StreamEvent, StreamId } from '@parley/protocol';
import { evolve } from './evolve.ts';
import { unmoderated } from './evolve-conversation.ts';
import { LayeredMap } from './layered-map.ts';
import { unknownCid } from './newest-cid.ts';
import type { StreamState } from './types.ts';

interface StoredMap {
  readonly map: readonly (readonly [string, unknown])[];
}

const isMap = (value: unknown): value is ReadonlyMap<unknown, unknown> =>
  value instanceof Map || value instanceof LayeredMap;

/** A state as text. Maps are written as lists of entries, in their order. */
export const encodeSnapshot = (state: StreamState): string =>
  JSON.stringify(state, (_key, value: unknown) => (isMap(value) ? { map: [...value] } : value));

/** How many people, conversations and the like a state tells of: what its snapshot weighs grows with them. */
export const entriesIn = (state: StreamState): number =>
  Object.values(state).reduce((sum: number, value: unknown) => (isMap(value) ? sum + value.size : sum), 0);

const isStoredMap = (value: unknown): value is StoredMap =>
  typeof value === 'object' &&
  value !== null &&
  'map' in value &&
  Array.isArray(value.map) &&
  Object.keys(value).length === 1;

export function decodeSnapshot(text: string): StreamState {
  const state = JSON.parse(text) as Record<string, unknown>;
  // Only the fields that are maps are turned back: a preference may look like one.
  for (const key of [
    'members',
    'conversations',
    'left',
    'markers',
    'threads',
    'silenced',
    'banned',
    'requests',
    'lastPosts',
  ]) {
    const value = state[key];
    if (isStoredMap(value)) state[key] = new Map(value.map);
  }
  // Snapshots of before there was moderation, and of before cids were compared.
  const whole = { newestCid: unknownCid, ...(state['type'] === 'conversation' ? unmoderated : {}), ...state };
  return whole as unknown as StreamState;
}

/** The state of a stream from what the store has of it; `undefined` when it has nothing. */
export function fold(
  stream: StreamId,
  loaded: { readonly snapshot?: { readonly state: string }; readonly events: readonly StreamEvent[] } | undefined,
): StreamState | undefined {
  if (loaded === undefined) return undefined;
  let state = loaded.snapshot === undefined ? undefined : decodeSnapshot(loaded.snapshot.state);
  for (const event of loaded.events) state = evolve(state, stream, event);
  return state;
}
