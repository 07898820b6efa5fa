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
/** From the beginning of one fault to the next: short enough that long faults overlap with others. */
const gapMs = [4_000, 12_000] as const;
/** In a run that is short for so many kinds. */
const shortestGapMs = 300;

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

/** Which faults happen when: every kind once, in a random order, then again at random until the time is up. */
export function plan(kinds: readonly FaultKind[], nodes: number, totalMs: number, random: Random): PlannedFault[] {
  const planned: PlannedFault[] = [];
  if (kinds.length === 0) return planned;
  let waiting: FaultKind[] = [];
  // Room for every kind in a short run too.
  const scale = Math.min(1, Math.max(0, totalMs - 2 * calmMs) / (kinds.length * gapMs[1]));
  let atMs = calmMs;
  for (;;) {
    if (waiting.length === 0) waiting = random.shuffle(kinds);
    const kind = waiting.pop() as FaultKind;
    const [shortest, longest] = durations[kind];
    const durationMs = Math.min(random.between(shortest, longest), Math.max(shortest, (totalMs - calmMs - atMs) / 2));
    // Each once, even where that takes longer than was asked for.
    if (planned.length >= kinds.length && atMs + durationMs > totalMs - calmMs) return planned;
    planned.push({ kind, node: random.between(0, nodes - 1), atMs, durationMs: Math.round(durationMs) });
    atMs += Math.max(shortestGapMs, Math.round(random.between(...gapMs) * scale));
  }
}
