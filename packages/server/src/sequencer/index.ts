import type { IdSource } from '@parley/protocol';
import { encodeBase32, uuidv7Bytes } from '@parley/protocol';
import type { Broker, Member, Subscription } from '../broker/port.ts';
import type { Clock, Timer } from '../clock.ts';
import type { Log } from '../log.ts';
import type { SequencerStore } from './append-batch.ts';
import { FollowUps } from './follow-ups.ts';
import { Partition } from './partition.ts';
import { allSafeguards, defaultSequencerBounds, type Safeguards, type SequencerBounds } from './safeguards.ts';
import { StoreSight } from './store-sight.ts';

export interface SequencerOptions {
  readonly node: string;
  readonly broker: Broker;
  readonly store: SequencerStore;
  readonly clock: Clock;
  readonly ids: IdSource;
  readonly log: Log;
  /** Records taken in one batch. 1,000 fill about 2 ms of deciding. */
  readonly maxBatch?: number;
  /** Whether the store answers and can write: a node that it does not answer leaves its partitions to those that it does. */
  readonly checkStore?: () => Promise<void>;
  readonly bounds?: SequencerBounds;
  readonly safeguards?: Safeguards;
}

const beatMs = 1_000;

/** Owns partitions of the command log: orders, decides, stores, routes. */
export class Sequencer {
  readonly #options: SequencerOptions;
  readonly #partitions = new Map<number, Partition>();
  readonly followUps: FollowUps;
  readonly #sight: StoreSight | undefined;
  #gateways: readonly string[] = [];
  #subscriptions: Subscription[] = [];
  #beat: Timer | undefined;

  constructor(options: SequencerOptions) {
    this.#options = options;
    const { node, broker, store, clock, checkStore } = options;
    this.#sight = checkStore === undefined ? undefined : new StoreSight(checkStore, clock);
    this.followUps = new FollowUps(node, broker, store, clock);
  }

  async start(): Promise<void> {
    const { broker, maxBatch = 1_000 } = this.#options;
    this.#subscriptions.push(await broker.watchMembers((members) => this.#membersChanged(members)));
    this.#subscriptions.push(
      await broker.consume(
        {
          assigned: async (partition) => {
            this.#take(partition);
          },
          revoked: async (partition) => {
            const former = this.#partitions.get(partition);
            this.#partitions.delete(partition);
            void former?.close();
          },
          batch: (partition, records) => (this.#partitions.get(partition) ?? this.#take(partition)).handle(records),
        },
        { maxBatch, canWork: () => this.#sight?.look() ?? true },
      ),
    );
    this.#scheduleBeat();
  }

  async stop(): Promise<void> {
    this.#beat?.cancel();
    for (const subscription of this.#subscriptions.splice(0).toReversed()) await subscription.close();
    await Promise.all(Array.from(this.#partitions.values(), (partition) => partition.close()));
    this.#partitions.clear();
  }

  get ownedPartitions(): number {
    return this.#partitions.size;
  }

  #take(number: number): Partition {
    const {
      broker,
      store,
      clock,
      log,
      ids,
      node,
      safeguards = allSafeguards,
      bounds = defaultSequencerBounds,
    } = this.#options;
    const life = encodeBase32(uuidv7Bytes(ids.now(), ids.random(10)));
    const context = { broker, store, clock, log, followUps: this.followUps, safeguards, bounds };
    const partition = new Partition(context, number, node, life);
    this.#partitions.set(number, partition);
    partition.setGateways(this.#gateways);
    return partition;
  }

  #membersChanged(members: readonly Member[]): void {
    this.#gateways = members.filter(({ roles }) => roles.includes('gateway')).map(({ node }) => node);
    for (const partition of this.#partitions.values()) partition.setGateways(this.#gateways);
  }

  #scheduleBeat(): void {
    this.#beat = this.#options.clock.after(beatMs, () => {
      for (const partition of this.#partitions.values()) partition.beat();
      this.#scheduleBeat();
    });
  }
}
