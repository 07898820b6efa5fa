import { isConversationStream, type Message, type StreamEvent, type StreamId, type UserId } from '@parley/protocol';
import { check } from '../../packages/cli/src/verify/check.ts';
import { type CommandKey, keyOf, type Recorder } from '../../packages/cli/src/verify/history.ts';
import { decide, evolve, fold, headOf, rowsAfter } from '../../packages/server/src/stream/index.ts';
import type { ConversationState, StreamState, Wish } from '../../packages/server/src/stream/types.ts';
import type { Device } from '../clients/device.ts';
import { laggingChars } from '../clients/wire.ts';
import type { StoreData } from '../engines/store-data.ts';
import type { Cluster } from '../nodes/cluster.ts';
import { effectsDue } from './effects-due.ts';
import { plainTexts } from './plain-text.ts';

/**
 * A stalled socket may hold what makes it count as lagging, a frame of a catch-up on top (about as much again), and answers,
 * which are not held back. Without backpressure it is the whole flood: 50 messages of 1,200 characters.
 */
const maxBufferedChars = laggingChars + 16 * 1_024;

export interface Judged {
  readonly recorder: Recorder;
  readonly data: StoreData;
  readonly cluster: Cluster;
  readonly devices: readonly Device[];
  /** Watches that ended: whose, of what, and the store's head when they were asked for. */
  readonly ended: readonly { readonly user: UserId; readonly stream: StreamId; readonly head: number }[];
}

/** Everything that is wrong with a run; nothing, when every promise was kept. Uses the checker of `parley verify`. */
export function findingsOf(judged: Judged): readonly string[] {
  const { recorder, data } = judged;
  const stored = eventsOf(data);
  const { sent, spans, forbidden, reads } = recorder;
  const { findings } = check({ sent, spans, stored, forbidden, reads });
  return [
    ...Object.entries(findings).flatMap(([promise, found]) => found.map((what) => `${promise}: ${what}`)),
    ...viewsDue(judged, stored),
    ...(isDense(stored) ? effectsDue(stored) : []),
    ...refusedWrongly(judged, stored),
    ...outOfTurn(judged, stored),
    ...endedWrongly(judged, stored),
    ...buffers(judged.devices),
    ...plainTexts(judged.cluster, judged.devices),
  ];
}

/** Everything stored. */
export const eventsOf = (data: StoreData): ReadonlyMap<StreamId, readonly StreamEvent[]> =>
  new Map(Array.from(data.streams, ([stream, { events }]) => [stream, events] as const));

/** The folded states of everything stored. */
export function statesOf(data: StoreData): ReadonlyMap<StreamId, StreamState> {
  const states = new Map<StreamId, StreamState>();
  for (const [stream, { events }] of data.streams) {
    const state = fold(stream, { events });
    if (state !== undefined) states.set(stream, state);
  }
  return states;
}

/** The same while a run goes on: folds only what came since it was asked last. */
export class GrowingStates {
  readonly #states = new Map<StreamId, StreamState>();
  readonly #data: StoreData;

  constructor(data: StoreData) {
    this.#data = data;
  }

  now(): readonly StreamState[] {
    for (const [stream, { events }] of this.#data.streams) {
      let state = this.#states.get(stream);
      for (const event of events.slice(state?.head ?? 0)) state = evolve(state, stream, event);
      if (state !== undefined) this.#states.set(stream, state);
    }
    return [...this.#states.values()];
  }
}

/** What a device still lacks of a conversation that its person is in. */
export function lacks(device: Device, state: ConversationState): string | undefined {
  const { stream, head } = state;
  const level = device.screen.shows(stream);
  if (level === 'head') {
    const badge = device.heads.get(stream);
    if (badge === undefined) return `P3: ${device.name} shows no head of ${stream}, which has ${head}`;
    const isRight = JSON.stringify(badge) === JSON.stringify(headOf(state));
    return isRight ? undefined : `P3: ${device.name} shows the head ${badge.head} of ${stream}, which has ${head}`;
  }
  if (level === undefined) return `P3: ${device.name} does not watch ${stream}, where its person is a member`;
  const last = device.lastSeen(stream);
  return last === head ? undefined : `P3: ${device.name} saw ${stream} up to ${last} of ${head}`;
}

/** Otherwise there is no telling what was meant; that it is not is found by itself. */
const isDense = (stored: ReadonlyMap<StreamId, readonly StreamEvent[]>): boolean =>
  [...stored.values()].every((events) => events.every((event, index) => event?.seq === index + 1));

/** Whether a person's list of conversations tells something else than the conversation. */
export function mislisted(device: Device, state: ConversationState, own: StreamState | undefined): string | undefined {
  const isListed = own?.type === 'user' && own.conversations.has(state.stream);
  if (isListed === state.members.has(device.user)) return undefined;
  return `P1: ${device.name} is ${isListed ? 'no' : 'a'} member of ${state.stream}, and its list says otherwise`;
}

function viewsDue({ devices, data }: Judged, stored: ReadonlyMap<StreamId, readonly StreamEvent[]>): string[] {
  const found: string[] = [];
  if (!isDense(stored)) return found;
  const states = statesOf(data);
  for (const state of states.values()) {
    if (state.type !== 'conversation') continue;
    for (const device of devices) {
      const misled = mislisted(device, state, states.get(device.user));
      if (misled !== undefined) found.push(misled);
      const lack = state.members.has(device.user) ? lacks(device, state) : undefined;
      if (lack !== undefined) found.push(lack);
    }
  }
  return found;
}

/**
 * A refusal has to be right at some moment between the sending and the answer: a replaced owner with an old state must not
 * refuse what its successor takes. (Delivered again by the log, a wish that was rightly refused may be judged anew.)
 */
function refusedWrongly({ devices }: Judged, stored: ReadonlyMap<StreamId, readonly StreamEvent[]>): string[] {
  return devices.flatMap((device) =>
    device.refusals.flatMap(({ stream, cid, command, code, sentAt, toldAt }) => {
      const events = stored.get(stream) ?? [];
      const wish: Wish = { stream, actor: device.user, serverRole: 'member', cid, command };
      const rows = new Map<number, Message>();
      let state: StreamState | undefined;
      for (let head = 0; head <= toldAt; head++) {
        const event = events[head - 1];
        if (event?.cid === cid && event.actor === device.user) break;
        if (event !== undefined) {
          state = evolve(state, stream, event);
          for (const row of rowsAfter(event, rows)) rows.set(row.seq, row);
        }
        if (head >= sentAt && decide(state, wish, 0, rows).type === 'rejected') return [];
      }
      return [
        `P4: ${device.name} was refused ${cid} (${code}) of ${stream}, which nothing forbade from ${sentAt} to ${toldAt}`,
      ];
    }),
  );
}

/** A device's exactly-once sends to one stream are stored in the order of the calls, as far as its outbox was not lost. */
function outOfTurn({ devices, recorder }: Judged, stored: ReadonlyMap<StreamId, readonly StreamEvent[]>): string[] {
  const places = placesOf(stored);
  return devices.flatMap((device) => {
    const last = new Map<StreamId, number>();
    return device.sent.flatMap(({ stream, cid, mode }) => {
      const key = keyOf(stream, device.user, cid);
      const seq = places.get(key);
      const isRefused = recorder.sent.get(key)?.refusal !== undefined;
      if (mode !== 'exactly-once' || seq === undefined || isRefused || device.withoutTurn.has(cid)) return [];
      const before = last.get(stream) ?? 0;
      last.set(stream, Math.max(before, seq));
      return seq > before
        ? []
        : [`P2: ${device.name} sent ${cid} after what is stored at ${stream} ${before}, and it is at ${seq}`];
    });
  });
}

/** A member is not told that there is nothing to watch, unless they lost the right after they asked, or after what they were shown. */
function endedWrongly({ ended }: Judged, stored: ReadonlyMap<StreamId, readonly StreamEvent[]>): string[] {
  return ended.flatMap(({ user, stream, head }) => {
    const events = stored.get(stream) ?? [];
    if (!isConversationStream(stream)) return [`P3: somebody's own stream ${stream} ended`];
    const state = fold(stream, { events: events.slice(0, head) });
    const wasMember = state?.type === 'conversation' && state.members.has(user);
    const wasRemoved = events.slice(head).some((event) => event.type === 'memberRemoved' && event.user === user);
    return wasMember && !wasRemoved
      ? [`P3: ${user} was refused ${stream} as a member (asked or shown at ${head})`]
      : [];
  });
}

function buffers(devices: readonly Device[]): string[] {
  return devices.flatMap(({ name, wires }) =>
    wires
      .filter(({ mostBuffered }) => mostBuffered > maxBufferedChars)
      .map(({ mostBuffered }) => `P6: ${mostBuffered} characters waited for ${name}; at most ${maxBufferedChars} may`),
  );
}

function placesOf(stored: ReadonlyMap<StreamId, readonly StreamEvent[]>): ReadonlyMap<CommandKey, number> {
  const places = new Map<CommandKey, number>();
  for (const [stream, events] of stored)
    for (const { actor, cid, seq } of events) places.set(keyOf(stream, actor, cid), seq);
  return places;
}
