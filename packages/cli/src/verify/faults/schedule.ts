import { enginePorts } from '../cluster/stack.ts';
import type { Random } from '../random.ts';
import type { FaultKind } from './kinds.ts';

/** A fault that will happen. Times are milliseconds after the load began. */
export interface PlannedFault {
  readonly kind: FaultKind;
  /** Which node, by index; faults of everything ignore it. */
  readonly node: number;
  readonly atMs: number;
  readonly durationMs: number;
}

/** Without faults at the beginning and the end: a base line, and time to recover. */
const calmMs = 4_000;
/**
 * From the beginning of one fault to the next, on average, in a long run: a very bad day, which leaves time to recover
 * between most of them. Ten minutes have room for each of the 25 kinds twice.
 */
const restMs = 11_500;
/** In a run that is short for so many kinds. */
const packedMs = 1_000;
/** Kinds come again in a short run too: half of them. */
const timesInShort = 1.5;
/** One gap in four is short, so that now and then several faults are on at once, as the long ones are with others. */
const shareOfShortGaps = 0.25;

/**
 * How long each fault lasts. A pause and a partition outlive every lease and heartbeat; the others are what operators
 * see. What is started anew takes its own time on top.
 */
const durations: Readonly<Record<FaultKind, readonly [number, number]>> = {
  kill: [500, 5_000],
  pause: [5_000, 30_000],
  restart: [0, 0],
  rolling: [0, 0],
  cut: [500, 5_000],
  blackhole: [2_000, 12_000],
  slow: [3_000, 10_000],
  full: [2_000, 6_000],
  clock: [3_000, 10_000],
  storm: [2_000, 6_000],
  'broker-kill': [0, 3_000],
  'broker-restart': [0, 0],
  'broker-partition': [3_000, 15_000],
  'broker-cut': [500, 2_000],
  'broker-slow': [3_000, 10_000],
  'store-kill': [0, 3_000],
  'store-restart': [0, 0],
  'store-partition': [3_000, 15_000],
  'store-cut': [500, 2_000],
  'store-slow': [3_000, 10_000],
  'cache-kill': [0, 5_000],
  'cache-flush': [0, 0],
  'cache-partition': [3_000, 15_000],
  'cache-cut': [500, 2_000],
  'cache-slow': [3_000, 10_000],
};

/** Faults of one node: where others take over, people need not wait for the mending. */
const ofOneNode: readonly FaultKind[] = [
  'kill',
  'pause',
  ...enginePorts.flatMap((port) => [`${port}-partition`, `${port}-cut`] as const),
];
/** Graceful: nobody need wait for long at all. */
const graceful: readonly FaultKind[] = ['restart', 'rolling'];

/** Whether recovery counts from the beginning of a fault, not from its end. */
export const isRecoveryDueAtOnce = (kind: FaultKind, nodes: number): boolean =>
  graceful.includes(kind) || (ofOneNode.includes(kind) && nodes > 1);

/**
 * Which faults happen when: every kind once, in a random order, then every kind again, in another, as many as there is
 * room for. The gaps between them are random shares of the time.
 */
export function plan(kinds: readonly FaultKind[], nodes: number, totalMs: number, random: Random): PlannedFault[] {
  if (kinds.length === 0) return [];
  const roomMs = Math.max(0, totalMs - 2 * calmMs);
  const packed = Math.min(roomMs / packedMs, kinds.length * timesInShort);
  const count = Math.floor(Math.max(kinds.length, packed, roomMs / restMs));
  const shares = Array.from({ length: count }, () =>
    random.chance(shareOfShortGaps) ? 0.15 : 0.5 + random.next() * 1.5,
  );
  const whole = shares.reduce((sum, share) => sum + share, 0);
  let waiting: FaultKind[] = [];
  let atMs = calmMs;
  return shares.map((share) => {
    if (waiting.length === 0) waiting = random.shuffle(kinds);
    const kind = waiting.pop() as FaultKind;
    const [shortest, longest] = durations[kind];
    const durationMs = Math.min(random.between(shortest, longest), Math.max(shortest, (totalMs - calmMs - atMs) / 2));
    const fault = { kind, node: random.between(0, nodes - 1), atMs, durationMs: Math.round(durationMs) };
    atMs += Math.round((share / whole) * roomMs);
    return fault;
  });
}
