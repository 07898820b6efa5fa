import type { StreamEvent, StreamId, UserId } from '@parley/client';
import { type CommandKey, type History, keyOf, type Span } from './history.ts';

export const promises = ['P1', 'P2', 'P3', 'P4', 'P5', 'sessions'] as const;
export type Promised = (typeof promises)[number];

export interface Verdict {
  /** Acknowledged posts. */
  readonly acknowledged: number;
  /** Acknowledged exactly-once and at-least-once commands that the store, or a viewer to whom they were due, lacks. */
  readonly lost: number;
  /** Commands that made more than one event (not counted for `at-least-once`, which may double). */
  readonly duplicated: number;
  /** Holes, repetitions, turned pairs and disagreements; acknowledgements that name another seq. */
  readonly disordered: number;
  /** Events seen without the right to, and forbidden attempts that were not refused. */
  readonly leaked: number;
  /** Viewers that had not caught up in the end, and reads that went back in time. */
  readonly unrecovered: number;
  /** What became of all that was sent, whatever its mode promises. */
  readonly delivery: Delivery;
  readonly findings: Readonly<Record<Promised, readonly string[]>>;
}

export interface Delivery {
  /** Commands that their client counts as sent: acknowledged, or written to a socket where the mode awaits nothing. */
  readonly sent: number;
  /** Of those, what is not stored. */
  readonly missing: number;
  /** Commands that are stored more than once. */
  readonly doubled: number;
}

const maxFindings = 20;

/** Holds everything that was acknowledged, seen and stored against the promises. Pure: the same history, the same verdict. */
export function check(history: History): Verdict {
  const findings: Record<Promised, string[]> = { P1: [], P2: [], P3: [], P4: [], P5: [], sessions: [] };
  const counts = { lost: 0, duplicated: 0, disordered: 0, leaked: 0, unrecovered: 0 };
  const find = (promise: Promised, kind: keyof typeof counts, what: string): void => {
    counts[kind]++;
    if (findings[promise].length < maxFindings) findings[promise].push(what);
  };

  const delivery = { sent: 0, missing: 0, doubled: 0 };
  const placeOf = new Map<CommandKey, number>();
  const keysOf = new Map<StreamId, readonly CommandKey[]>();
  for (const [stream, events] of history.stored) {
    const keys = events.map(({ actor, cid }) => keyOf(stream, actor, cid));
    keysOf.set(stream, keys);
    events.forEach(({ seq }, index) => {
      if (seq !== index + 1) find('P2', 'disordered', `the store has ${stream} ${seq} where ${index + 1} belongs`);
      const key = keys[index] as CommandKey;
      const earlier = placeOf.get(key);
      if (earlier === undefined) {
        placeOf.set(key, seq);
        return;
      }
      delivery.doubled++;
      if (history.sent.get(key)?.mode !== 'at-least-once')
        find('P4', 'duplicated', `${key} was stored at ${earlier} and at ${seq}`);
    });
  }

  let acknowledged = 0;
  for (const { key, stream, mode, isPost, acknowledgements } of history.sent.values()) {
    if (acknowledgements.length === 0) continue;
    if (isPost) acknowledged++;
    const place = placeOf.get(key);
    if (history.stored.has(stream)) delivery.sent++;
    if (place === undefined) {
      if (history.stored.has(stream)) delivery.missing++;
      if (mode !== 'at-most-once' && history.stored.has(stream))
        find('P1', 'lost', `${key} was acknowledged and is not stored`);
      continue;
    }
    for (const seq of acknowledgements) {
      if (seq !== 0 && seq !== place)
        find('P4', 'disordered', `${key} stands at ${place} and was acknowledged at ${seq}`);
    }
  }

  for (const span of history.spans) checkSpan(span, history.stored.get(span.stream), keysOf.get(span.stream), find);

  for (const { what, outcome } of history.forbidden)
    if (outcome === 'allowed') find('P5', 'leaked', `${what} was not refused`);
  for (const { session, stream, atLeast, seen } of history.reads) {
    if (seen < atLeast)
      find('sessions', 'unrecovered', `${session} read ${stream} up to ${seen} after having known ${atLeast}`);
  }
  return { acknowledged, ...counts, delivery, findings };
}

type Find = (promise: Promised, kind: 'lost' | 'disordered' | 'leaked' | 'unrecovered', what: string) => void;

function checkSpan(
  span: Span,
  stored: readonly StreamEvent[] | undefined,
  keys: readonly CommandKey[] | undefined,
  find: Find,
): void {
  const { viewer, stream, first, expected } = span;
  if (stored === undefined || keys === undefined) return;
  if (expected !== undefined && !wasAway(stored, span.user, expected, first)) {
    find('P2', 'disordered', `${viewer} saw ${stream} ${first} where ${expected} belongs`);
  }
  span.keys.forEach((key, index) => {
    const seq = first + index;
    if (keys[seq - 1] !== key)
      find(
        'P2',
        'disordered',
        `${viewer} saw ${key} at ${stream} ${seq}; the store has ${keys[seq - 1] ?? 'nothing'} there`,
      );
  });
  const last = Math.max(0, first + span.keys.length - 1);
  if (span.isOpen && last < stored.length) {
    find('P3', 'unrecovered', `${viewer} saw ${stream} up to ${last} of ${stored.length}`);
  }
  if (span.keys.length === 0) return;
  const rights = memberships(stored, span.user);
  if (rights === undefined) return;
  if (!rights.some(({ from, to }) => first >= from && last <= to)) {
    find(
      'P5',
      'leaked',
      `${viewer} saw ${stream} ${first} to ${last}; member ${rights.map(({ from, to }) => `${from} to ${to}`).join(', ') || 'never'}`,
    );
  }
}

/** Whether somebody lost the right between two seqs, so that what lies between was not theirs to see. */
function wasAway(events: readonly StreamEvent[], user: UserId, from: number, to: number): boolean {
  return events.slice(from - 1, to).some((event) => event.type === 'memberRemoved' && event.user === user);
}

/** When somebody was a member, in seqs, both ends included; `undefined` for streams that anybody may read. */
function memberships(
  events: readonly StreamEvent[],
  user: UserId,
): { readonly from: number; readonly to: number }[] | undefined {
  const [created] = events;
  if (created?.type !== 'created' || created.kind === 'channel') return undefined;
  const spans: { from: number; to: number }[] = [];
  let since: number | undefined;
  for (const event of events) {
    if (
      (event.type === 'created' || event.type === 'membersAdded') &&
      event.members.some((member) => member.user === user)
    )
      since ??= event.seq;
    else if (event.type === 'memberRemoved' && event.user === user && since !== undefined) {
      spans.push({ from: since, to: event.seq });
      since = undefined;
    }
  }
  if (since !== undefined) spans.push({ from: since, to: Infinity });
  return spans;
}
