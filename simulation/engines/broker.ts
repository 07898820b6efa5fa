import type { Broker, Member, Subscription } from '../../packages/server/src/broker/port.ts';
import { Links } from '../time/link.ts';
import type { Process } from '../time/process.ts';
import type { Scheduler } from '../time/scheduler.ts';
import type { Conditions } from './conditions.ts';
import { Liveness } from './liveness.ts';
import { SimulatedLog } from './log.ts';
import { textOf } from './payload.ts';

interface Inbox {
  readonly process: Process;
  readonly receive: (payload: Uint8Array) => void;
}
interface Watcher {
  readonly process: Process;
  readonly changed: (members: readonly Member[]) => void;
}

export interface SimulatedBrokerOptions {
  readonly partitions: number;
  /** How long an engine waits for a heartbeat before it believes a node gone. */
  readonly sessionTimeoutMs: number;
  readonly commitsAfterBatch: boolean;
  /** Gives nodes the very values that others gave it, as the engine in memory does, instead of JSON. */
  readonly carriesValues: boolean;
}

const closing = (close: () => void): Promise<Subscription> =>
  Promise.resolve({
    close: () => {
      close();
      return Promise.resolve();
    },
  });

/** The broker: a durable log, lossy inboxes, and a list of members that lags behind the truth. */
export class SimulatedBroker {
  readonly log: SimulatedLog;
  readonly #scheduler: Scheduler;
  readonly #conditions: Conditions;
  readonly #options: SimulatedBrokerOptions;
  readonly #links: Links;
  readonly #inboxes = new Map<string, Inbox>();
  readonly #members: Liveness<Member>;
  readonly #watchers = new Set<Watcher>();

  constructor(scheduler: Scheduler, conditions: Conditions, options: SimulatedBrokerOptions) {
    this.#scheduler = scheduler;
    this.#conditions = conditions;
    this.#options = options;
    this.#links = new Links(scheduler);
    this.log = new SimulatedLog(scheduler, conditions, options);
    this.#members = new Liveness<Member>(scheduler, conditions, options.sessionTimeoutMs, () => {
      for (const watcher of this.#watchers) this.#tell(watcher);
    });
  }

  connect(process: Process): Broker {
    return {
      partitions: this.#options.partitions,
      durable: true,
      ...(this.#options.carriesValues ? { carriesValues: true } : {}),
      publish: (partition, payloads) => this.log.publish(process, partition, payloads),
      consume: (consumer, { maxBatch }) => this.log.consume(process, consumer, maxBatch),
      openInbox: (node, receive) => {
        this.#inboxes.set(node, { process, receive });
        return closing(() => this.#inboxes.delete(node));
      },
      send: (node, payload) => this.#send(process, node, payload),
      join: (member) => closing(this.#members.add(member, process)),
      watchMembers: (changed) => {
        const watcher = { process, changed };
        this.#watchers.add(watcher);
        changed(this.#members.alive);
        return closing(() => this.#watchers.delete(watcher));
      },
      check: () => Promise.resolve(),
      close: () => Promise.resolve(),
    };
  }

  #send(from: Process, node: string, payload: Uint8Array): void {
    if (from.isDead || from.cutFrom.has('broker') || this.#conditions.isBrokerDown) return;
    const isLost = this.#scheduler.random.chance(this.#conditions.inboxLosses);
    this.#scheduler.trace.detail(
      this.#scheduler.now,
      from.name,
      () => `${isLost ? 'loses' : 'tells'} ${node} ${textOf(payload)}`,
    );
    if (isLost) return;
    this.#links.between(from.name, node).carry(() => {
      const inbox = this.#inboxes.get(node);
      if (inbox === undefined || inbox.process.cutFrom.has('broker')) return;
      inbox.process.run(() => inbox.receive(payload));
    });
  }

  #tell(watcher: Watcher): void {
    if (watcher.process.isDead) {
      this.#watchers.delete(watcher);
      return;
    }
    const alive = this.#members.alive;
    this.#links.between('members', watcher.process.name).carry(() => watcher.process.run(() => watcher.changed(alive)));
  }
}
