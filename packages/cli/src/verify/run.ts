import { join } from 'node:path';
import { stderr } from 'node:process';
import type { DeliveryMode } from '@parley/client';
import { percentile } from '../replay/report.ts';
import { check } from './check.ts';
import type { Stack } from './cluster/stack.ts';
import { writeHistory } from './evidence.ts';
import { inject } from './faults/inject.ts';
import type { FaultKind } from './faults/kinds.ts';
import { isRecoveryDueAtOnce, type PlannedFault, plan } from './faults/schedule.ts';
import { Recorder } from './history.ts';
import { Random } from './random.ts';
import type { Incident, Report, Second } from './report.ts';
import { settled, storedStreams } from './settle.ts';
import { Load } from './workload/load.ts';
import { Probes } from './workload/probe.ts';
import { cleanUp, type Size, setUp } from './workload/setup.ts';
import { StalledReaders } from './workload/stalled-readers.ts';

export interface RunOptions {
  readonly url: string;
  readonly as: { readonly name: string; readonly password: string };
  /** Absent: somebody else's deployment, which suffers no faults. */
  readonly stack?: Stack;
  readonly faults: readonly FaultKind[];
  /** One fault at a time, with quiet between them: for measuring what people feel of each. */
  readonly isApart: boolean;
  readonly mode: DeliveryMode;
  readonly seconds: number;
  /** After the last fault every client has so long to send what it owes and see what it is due (P3). */
  readonly settleSeconds: number;
  readonly seed: number;
  readonly ratePerSecond: number;
  readonly size: Size;
  /** For outboxes and evidence. */
  readonly folder: string;
}

const mib = 1024 * 1024;
/**
 * What the nodes may grow beside readers that never read (P6), each: streams, rows and caches that fill up to their
 * bounds, and V8's slack. Measured at 60 to 120 MiB; kept for those readers, everything they ask for is as much in ten seconds.
 */
const growthMiB = 256;
/** Between two faults that are kept apart: longer than recovery takes, by far. */
const quietMs = 10_000;
/** Latencies kept for the percentiles. */
const maxLatencies = 1_000_000;

/** One run: load and faults, then quiet, then the verdict. */
export async function run(options: RunOptions): Promise<Report> {
  const { stack, seconds, seed, folder, mode } = options;
  const random = new Random(seed);
  const recorder = new Recorder();
  const latencies: number[] = [];
  const timeline: Second[] = [];
  let begun = performance.now();
  const note = (latencyMs: number): void => {
    if (latencies.length < maxLatencies) latencies.push(latencyMs);
    const second = timeline.at(-1);
    if (second === undefined) return;
    second.acknowledged++;
    second.slowestMs = Math.max(second.slowestMs, latencyMs);
  };
  const world = await setUp({
    ...options,
    random: random.fork(),
    run: `${seed.toString(36)}-${Date.now().toString(36)}`,
    member: { recorder, mode, onAcknowledged: (_stream, latencyMs) => note(latencyMs) },
  });
  const residentMiB = (): number =>
    Math.round((stack?.nodes ?? []).reduce((sum, node) => sum + node.residentBytes, 0) / mib);
  const baseMiB = residentMiB();
  const probes = new Probes(world.host, world.probes);
  const load = new Load({
    world,
    recorder,
    random: random.fork(),
    ratePerSecond: options.ratePerSecond,
    isRestless: true,
  });
  begun = performance.now();
  const tick = (): void => {
    timeline.push({ atMs: performance.now() - begun, acknowledged: 0, slowestMs: 0, residentMiB: residentMiB() });
    if (!stderr.isTTY) return;
    stderr.write(`\r${timeline.length} of ${seconds} s, ${recorder.acknowledgedPosts} messages acknowledged `);
  };
  tick();
  const ticking = setInterval(tick, 1_000);
  load.start();
  probes.start();
  const stalled = new StalledReaders(options.url, world.heavy.reader.token, world.heavy.id, stack?.nodes.length === 1);

  const planned = stack === undefined ? [] : plan(options.faults, stack.nodes.length, seconds * 1_000, random.fork());
  const suffered = options.isApart
    ? oneByOne(planned, (fault) => suffer({ ...fault, atMs: performance.now() - begun }, begun, stack, load, probes))
    : Promise.all(planned.map((fault) => suffer(fault, begun, stack, load, probes)));
  // A fault that could not be made or mended ends the run below, in its turn.
  suffered.catch(() => undefined);
  await until(begun + seconds * 1_000);
  await suffered;
  await load.stop();
  // One that is never acknowledged shows in the recoveries.
  await Promise.race([probes.stop(), until(performance.now() + options.settleSeconds * 1_000)]);
  clearInterval(ticking);
  if (stderr.isTTY) stderr.write('\n');
  const ran = (performance.now() - begun) / 1_000;
  const settledMs = await settled(world, options.settleSeconds * 1_000);
  stalled.stop();

  // Where nobody can read what is stored there is nothing to compare with, and that is verdict enough.
  const stored = await storedStreams(world).catch((error: unknown) => error as Error);
  const history = { ...recorderOf(recorder), stored: stored instanceof Error ? new Map() : stored };
  const verdict = check(history);
  const incidents = (await suffered).map((incident) => incident.report());
  if (stack === undefined) await cleanUp(world);
  else {
    await Promise.all([world.host, world.outsider, ...world.members].map((member) => member.leave()));
    await world.admin.close();
  }
  const peakMiB = Math.max(baseMiB, ...timeline.map((second) => second.residentMiB));
  const memory = {
    baseMiB,
    peakMiB,
    boundMiB: stack === undefined ? Infinity : baseMiB + growthMiB * stack.nodes.length,
  };
  const broken = [
    ...(stored instanceof Error ? [`what is stored could not be read in the end: ${stored.message}`] : []),
    ...(stack?.nodes ?? []).flatMap(({ name, crashes, overdue, logFile, lastWords }) => [
      ...(crashes === 0 ? [] : [`${name} ended by itself ${crashes} times; see ${logFile}\n${lastWords}`]),
      ...(overdue === 0 ? [] : [`${name} did not end ${overdue} times when it was told to; see ${logFile}`]),
    ]),
  ];
  const isRecovered = incidents.every(({ recoveryMs }) => recoveryMs !== undefined);
  const { lost, duplicated, disordered, leaked, unrecovered } = verdict;
  const report: Report = {
    stack: stack?.name ?? options.url,
    mode,
    seed,
    seconds: Math.round(ran),
    verdict,
    incidents,
    timeline,
    p50Ms: percentile(latencies, 0.5),
    p99Ms: percentile(latencies, 0.99),
    perSecond: Math.round(latencies.length / ran),
    settledMs,
    broken,
    memory,
    pass:
      broken.length === 0 &&
      lost + duplicated + disordered + leaked + unrecovered === 0 &&
      settledMs !== undefined &&
      isRecovered &&
      peakMiB <= memory.boundMiB &&
      verdict.acknowledged > 0,
  };
  if (!report.pass) await writeHistory(join(folder, 'history.jsonl'), history);
  return report;
}

const recorderOf = ({ sent, spans, forbidden, reads }: Recorder) => ({ sent, spans, forbidden, reads });

interface Suffered {
  report(): Incident;
}

async function oneByOne<Result>(
  faults: readonly PlannedFault[],
  suffer: (fault: PlannedFault) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = [];
  for (const fault of faults) {
    results.push(await suffer(fault));
    await until(performance.now() + quietMs);
  }
  return results;
}

async function suffer(
  fault: PlannedFault,
  begun: number,
  stack: Stack | undefined,
  load: Load,
  probes: Probes,
): Promise<Suffered> {
  await until(begun + fault.atMs);
  if (stack === undefined) return { report: () => ({ ...fault, endedMs: fault.atMs, recoveryMs: 0 }) };
  const startedAt = performance.now();
  const injected = await inject(fault, stack, load);
  await until(startedAt + fault.durationMs);
  await injected.end();
  const ended = performance.now();
  const since = isRecoveryDueAtOnce(fault.kind, stack.nodes.length) ? startedAt : ended;
  return {
    report: () => ({ ...fault, endedMs: Math.round(ended - begun), recoveryMs: probes.recoveredAfter(since) }),
  };
}

const until = (moment: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, Math.max(0, moment - performance.now())));
