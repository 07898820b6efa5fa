import type { Random } from '../../packages/cli/src/verify/random.ts';
import type { Device } from '../clients/device.ts';
import { type Conditions, calm } from '../engines/conditions.ts';
import type { Cluster, Slot } from '../nodes/cluster.ts';
import type { Scheduler } from '../time/scheduler.ts';

export interface FaultOptions {
  readonly cluster: Cluster;
  readonly devices: readonly Device[];
  readonly random: Random;
  readonly scheduler: Scheduler;
  /** All faults have ended by then. */
  readonly durationMs: number;
  /** A device in a busy place, where a burst of long messages begins: somebody who does not read falls behind by much. */
  readonly flood: () => Device;
  /** People are put in and out where that happens. */
  readonly stir: () => void;
}

/** What can be wrong for a while: begins, and returns what ends it. */
type Fault = (options: FaultOptions) => { readonly what: string; readonly end: () => void };

const engine =
  (
    what: string,
    set: (conditions: Conditions, random: Random) => void,
    unset: (conditions: Conditions) => void,
  ): Fault =>
  ({ cluster, random }) => {
    set(cluster.conditions, random);
    return { what, end: () => unset(cluster.conditions) };
  };

const slotOf = ({ cluster, random }: FaultOptions): Slot =>
  random.chance(0.6) ? random.pick(cluster.sequencers) : random.pick(cluster.gateways);

const nothing = (): void => undefined;

const faults: Readonly<Record<string, Fault>> = {
  kill(options) {
    const slot = slotOf(options);
    const { node } = slot;
    slot.node = undefined;
    node?.kill();
    return { what: `kill ${slot.name}`, end: () => void (node !== undefined && slot.start()) };
  },
  restart(options) {
    const slot = slotOf(options);
    const { node } = slot;
    if (node === undefined || !node.process.isRunning) return { what: 'nothing to restart', end: nothing };
    slot.node = undefined;
    void node.stop();
    return { what: `restart ${slot.name}`, end: () => void slot.start() };
  },
  pause(options) {
    const slot = slotOf(options);
    const { node } = slot;
    node?.process.pause();
    return { what: `pause ${slot.name}`, end: () => node?.process.resume() };
  },
  cut(options) {
    const slot = slotOf(options);
    const from = options.random.pick(['store', 'broker', 'heartbeats', 'heartbeats'] as const);
    slot.node?.process.cutFrom.add(from);
    const { node } = slot;
    return { what: `cut ${slot.name} from the ${from}`, end: () => void node?.process.cutFrom.delete(from) };
  },
  /** Replaced without knowing it, an owner goes on in good faith, and dies between an append and its effects. */
  doom(options) {
    const slot = options.random.pick(options.cluster.sequencers);
    const { node } = slot;
    if (node === undefined || node.process.isDoomed) return { what: 'nobody to doom', end: nothing };
    const { random, scheduler } = options;
    for (let count = random.between(4, 12); count > 0; count--)
      scheduler.after(random.next() * 300, () => options.stir());
    scheduler.after(random.next() * 400, () => {
      if (random.chance(0.5)) node.process.cutFrom.add('heartbeats');
      else node.process.pause();
      node.process.isDoomed = true;
    });
    const end = (): void => {
      // Told to die of what it stores, not to die of nothing.
      scheduler.after(2_000, ended);
      node.process.resume();
    };
    const ended = (): void => {
      node.process.isDoomed = false;
      node.process.cutFrom.delete('heartbeats');
      if (!node.process.isDead || slot.node !== node) return;
      node.kill();
      void slot.start();
    };
    return { what: `doom ${slot.name}`, end };
  },
  clock(options) {
    const slot = slotOf(options);
    if (slot.node !== undefined) slot.node.process.skewMs = options.random.between(-3_600_000, 3_600_000);
    return { what: `move the clock of ${slot.name}`, end: nothing };
  },
  storeDown: engine(
    'the store is down',
    (conditions) => (conditions.isStoreDown = true),
    (conditions) => (conditions.isStoreDown = false),
  ),
  storeFails: engine(
    'the store fails now and then',
    (conditions, random) => (conditions.storeFailures = random.next() * 0.4),
    (conditions) => (conditions.storeFailures = 0),
  ),
  storeUnknown: engine(
    'the store leaves in doubt what it has done',
    (conditions, random) => (conditions.storeUnknowns = random.next() * 0.4),
    (conditions) => (conditions.storeUnknowns = 0),
  ),
  storeSlow: engine(
    'the store is slow',
    (conditions, random) => (conditions.storeExtraMs = random.between(50, 1_500)),
    (conditions) => (conditions.storeExtraMs = 0),
  ),
  brokerDown: engine(
    'the broker is down',
    (conditions) => (conditions.isBrokerDown = true),
    (conditions) => (conditions.isBrokerDown = false),
  ),
  publishFails: engine(
    'the log fails now and then',
    (conditions, random) => (conditions.publishFailures = random.next() * 0.4),
    (conditions) => (conditions.publishFailures = 0),
  ),
  inboxesLose: engine(
    'inboxes lose',
    (conditions, random) => (conditions.inboxLosses = random.chance(0.3) ? 1 : random.next() * 0.5),
    (conditions) => (conditions.inboxLosses = 0),
  ),
  shuffle({ cluster }) {
    cluster.broker.log.shuffle();
    return { what: 'partitions change owners', end: nothing };
  },
  sockets({ devices, random }) {
    for (const { wire } of devices) if (random.chance(0.5)) wire?.cut();
    return { what: 'sockets are cut', end: nothing };
  },
  away({ devices, random }) {
    const device = random.pick(devices);
    device.crash();
    return {
      what: `${device.name} goes`,
      end: () => {
        if (device.isAway) device.arrive();
      },
    };
  },
  stall({ devices, random, flood }) {
    const { wire, name } = random.chance(0.7) ? flood() : random.pick(devices);
    if (wire !== undefined) wire.isStalled = true;
    return { what: `${name} stops reading`, end: () => wire?.unstall() };
  },
};

/** In most runs a little goes wrong all the time: what comes of it meets every other fault. */
function unsettle({ cluster, random, scheduler, durationMs }: FaultOptions): void {
  if (random.chance(0.3)) return;
  const { conditions } = cluster;
  const share = (most: number): number => (random.chance(0.5) ? random.next() * most : 0);
  const usual = { storeFailures: share(0.02), storeUnknowns: share(0.02), publishFailures: share(0.02) };
  Object.assign(conditions, usual, { inboxLosses: share(0.1) });
  scheduler.after(durationMs - 1_000, () => Object.assign(conditions, calm()));
}

/** Several faults at random moments, some at once; each ends before the time is over. */
export function sufferFaults(options: FaultOptions): void {
  const { random, scheduler, durationMs } = options;
  const kinds = Object.values(faults);
  unsettle(options);
  for (let count = random.between(4, 12); count > 0; count--) {
    const fault = random.pick(kinds);
    const at = 500 + random.next() * (durationMs - 1_500);
    const lastsMs = Math.min(200 + random.next() ** 2 * 12_000, durationMs - 500 - at);
    scheduler.after(at, () => {
      const { what, end } = fault(options);
      scheduler.trace.note(scheduler.now, 'fault', `${what} for ${Math.round(lastsMs)} ms`);
      scheduler.after(lastsMs, end);
    });
  }
}
