import { memoryKeyring } from '../../packages/server/src/encryption/keyring/memory.ts';
import type { Keyring } from '../../packages/server/src/encryption/keyring/port.ts';
import type { Principal } from '../../packages/server/src/gateway/port.ts';
import type { GatewaySafeguards } from '../../packages/server/src/gateway/safeguards.ts';
import type { Safeguards } from '../../packages/server/src/sequencer/safeguards.ts';
import { SimulatedBroker } from '../engines/broker.ts';
import { type Conditions, calm, type EngineSafeguards } from '../engines/conditions.ts';
import { StoreData } from '../engines/store-data.ts';
import type { Process } from '../time/process.ts';
import type { Scheduler } from '../time/scheduler.ts';
import { GatewayNode } from './gateway-node.ts';
import { SequencerNode } from './sequencer-node.ts';

export interface ClusterSafeguards {
  readonly engines: EngineSafeguards;
  readonly gateway: GatewaySafeguards;
  readonly sequencer: Safeguards;
  /** Gateways seal texts where there is a keyring. */
  readonly seals: boolean;
}

/** One run in so many encrypts at rest: that costs time, and says little of anything else. */
const encryptedShare = 0.25;

export interface ClusterOptions {
  readonly scheduler: Scheduler;
  readonly safeguards: ClusterSafeguards;
  /** Who a token stands for. */
  readonly principals: ReadonlyMap<string, Principal>;
}

/** A node of either kind, in one of its lives. */
export interface Node {
  readonly process: Process;
  /** As `kill -9` does. */
  kill(): void;
  /** As `SIGTERM` does; resolves when it has ended. */
  stop(): Promise<void>;
}

/** A place where a node runs: when one life has ended, the next begins here. */
export interface Slot<Kind extends Node = Node> {
  readonly name: string;
  readonly start: () => Promise<void>;
  node: Kind | undefined;
}

/** 3 gateways and 2 sequencers, each a process of its own, on a log, a store and inboxes that outlive them. */
export class Cluster {
  readonly conditions: Conditions = calm();
  readonly data: StoreData;
  readonly broker: SimulatedBroker;
  /** Of runs that encrypt. */
  readonly keyring: Keyring | undefined;
  readonly gateways: readonly Slot<GatewayNode>[];
  readonly sequencers: readonly Slot<SequencerNode>[];
  readonly scheduler: Scheduler;
  readonly safeguards: ClusterSafeguards;
  readonly principals: ReadonlyMap<string, Principal>;

  constructor({ scheduler, safeguards, principals }: ClusterOptions) {
    this.scheduler = scheduler;
    this.safeguards = safeguards;
    this.principals = principals;
    this.data = new StoreData(safeguards.engines.comparesAndSets);
    this.broker = new SimulatedBroker(scheduler, this.conditions, {
      partitions: 4,
      sessionTimeoutMs: scheduler.random.between(1_500, 5_000),
      commitsAfterBatch: safeguards.engines.commitsAfterBatch,
      carriesValues: scheduler.random.chance(0.5),
    });
    this.keyring = scheduler.random.chance(encryptedShare) ? memoryKeyring() : undefined;
    this.gateways = [1, 2, 3].map((number) => this.#slot(`gateway${number}`, (name) => GatewayNode.start(this, name)));
    this.sequencers = [1, 2].map((number) =>
      this.#slot(`sequencer${number}`, (name) => SequencerNode.start(this, name)),
    );
  }

  get slots(): readonly Slot[] {
    return [...this.gateways, ...this.sequencers];
  }

  async start(): Promise<void> {
    for (const slot of this.slots) await slot.start();
  }

  #slot<Kind extends Node>(name: string, begin: (name: string) => Promise<Kind>): Slot<Kind> {
    let lives = 0;
    const slot: Slot<Kind> = {
      name,
      node: undefined,
      start: async () => {
        this.scheduler.trace.note(this.scheduler.now, name, 'starts');
        slot.node = await begin(`${name}.${++lives}`);
      },
    };
    return slot;
  }
}
