import type { IdSource, StreamId, UserId } from '@parley/protocol';
import { Recorder } from '../../packages/cli/src/verify/history.ts';
import { Random } from '../../packages/cli/src/verify/random.ts';
import { allSafeguards as allClientSafeguards, type Safeguards } from '../../packages/client/src/safeguards.ts';
import { allGatewaySafeguards } from '../../packages/server/src/gateway/safeguards.ts';
import { allSafeguards } from '../../packages/server/src/sequencer/safeguards.ts';
import type { Device } from '../clients/device.ts';
import { Cluster, type ClusterSafeguards } from '../nodes/cluster.ts';
import { Scheduler } from '../time/scheduler.ts';
import { effectsDue } from './effects-due.ts';
import { sufferFaults } from './faults.ts';
import { eventsOf, findingsOf, GrowingStates, lacks, mislisted } from './findings.ts';
import { devicesOf, placesOf, populate } from './people.ts';
import { Workload } from './workload.ts';

/** Everything that keeps the promises and that a mutant can lack. */
export interface AllSafeguards extends ClusterSafeguards {
  readonly client: Safeguards;
  /** Sockets say when they are full. */
  readonly holdsBack: boolean;
}

export const everySafeguard: AllSafeguards = {
  engines: { comparesAndSets: true, commitsAfterBatch: true },
  gateway: allGatewaySafeguards,
  sequencer: allSafeguards,
  seals: true,
  client: allClientSafeguards,
  holdsBack: true,
};

export interface Outcome {
  readonly seed: number;
  /** The same for every run of a seed. */
  readonly hash: string;
  /** What is wrong; empty when every promise was kept. */
  readonly findings: readonly string[];
  readonly acknowledged: number;
  readonly seen: number;
  /** Virtual milliseconds from the end of the faults until everybody had caught up. */
  readonly recoveryMs: number;
  /** What happened, where lines were asked for. */
  readonly lines: readonly string[];
}

const commands = 100;
/** People are busy and faults happen for so long. */
const busyMs = 25_000;
/**
 * Then everybody has so long to catch up (P3). The slowest way there is a socket that died without a word: noticed after a
 * ping (25 s) that nobody answers (12.5 s), then reconnecting, and sends whose acknowledgements are waited for another 15 s.
 */
const catchUpMs = 90_000;
const lookEveryMs = 500;
/** Longer than anything is on its way without anybody waiting for it. */
const strayMs = 5_000;
/** Sent again in the quiet after everything, when every memory has forgotten them. */
const lateResends = 12;

/** One run: a cluster on engines that outlive it, 20 clients, faults, then quiet, then the verdict. The seed decides everything. */
export async function simulate(seed: number, safeguards = everySafeguard, keepsLines = false): Promise<Outcome> {
  const random = new Random(seed);
  const scheduler = new Scheduler(random.fork());
  if (keepsLines) scheduler.trace.lines = [];
  const ids: IdSource = {
    now: () => scheduler.today,
    random: (count) => random.bytes(count),
  };
  const population = populate(ids);
  const cluster = new Cluster({ scheduler, safeguards, principals: population.principals });
  const recorder = new Recorder();
  const ended: { user: UserId; stream: StreamId; head: number }[] = [];
  const devices = devicesOf({
    population,
    cluster,
    recorder,
    safeguards: safeguards.client,
    holdsBack: safeguards.holdsBack,
    random: random.fork(),
    onEnded: (user, stream, head) => ended.push({ user, stream, head }),
  });
  const places = placesOf(devices, ids, random.fork());
  const shared = { devices, scheduler, durationMs: busyMs };
  const workload = new Workload({ ...shared, places, recorder, random: random.fork(), commands });

  const states = new GrowingStates(cluster.data);
  let recoveryMs = Number.NaN;
  const course = async (): Promise<void> => {
    await cluster.start();
    for (const device of devices) device.arrive();
    workload.start();
    sufferFaults({
      ...shared,
      cluster,
      random: random.fork(),
      flood: () => workload.flood(),
      stir: () => workload.stir(),
    });
    await scheduler.pause(busyMs);
    for (const device of devices) if (device.isAway) device.arrive();
    recoveryMs = await caughtUp(cluster, states, devices);
    for (let count = 0; count < lateResends; count++) random.pick(devices).resend();
    await caughtUp(cluster, states, devices);
    // What nobody waits for (at most once) may still be on its way.
    await scheduler.pause(strayMs);
    await caughtUp(cluster, states, devices);
  };
  let failure: unknown;
  course()
    .catch((error: unknown) => (failure = error))
    .finally(() => scheduler.stop());
  await scheduler.run();
  if (failure !== undefined) throw failure;

  return {
    seed,
    hash: scheduler.trace.hash,
    findings: findingsOf({ recorder, cluster, data: cluster.data, devices, ended }),
    acknowledged: [...recorder.sent.values()].filter(({ acknowledgements }) => acknowledgements.length > 0).length,
    seen: recorder.spans.reduce((sum, { keys }) => sum + keys.length, 0),
    recoveryMs,
    lines: scheduler.trace.lines ?? [],
  };
}

/** Waits until everybody is online, owes nothing and has seen everything, or until the time is up. Resolves to how long it took. */
async function caughtUp(
  { scheduler, data }: Cluster,
  growing: GrowingStates,
  devices: readonly Device[],
): Promise<number> {
  const began = scheduler.now;
  while (scheduler.now - began < catchUpMs) {
    await scheduler.pause(lookEveryMs);
    if (!devices.every((device) => device.isOnline && device.pending === 0)) continue;
    const states = growing.now();
    const own = new Map(states.flatMap((state) => (state.type === 'user' ? [[state.stream, state] as const] : [])));
    const isLevel = (device: Device): boolean =>
      states.every((state) => {
        if (state.type === 'user') return state.stream !== device.user || device.lastSeen(device.user) === state.head;
        if (mislisted(device, state, own.get(device.user)) !== undefined) return false;
        // Whoever is no member has been told so, where they asked.
        return state.members.has(device.user)
          ? lacks(device, state) === undefined
          : state.kind === 'channel' || !device.spans.has(state.stream);
      });
    if (devices.every(isLevel) && effectsDue(eventsOf(data)).length === 0) break;
  }
  return scheduler.now - began;
}
