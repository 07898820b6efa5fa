import type { Heartbeats } from './heartbeats.ts';
import { highest } from './rendezvous.ts';

/** Longest wait for the former owner to let go. It is an aim only: two owners at once are harmless, none is not. */
const patienceMs = 10_000;
const retryAfterMs = 500;

export interface SharesOptions {
  readonly heartbeats: Heartbeats;
  readonly partitions: number;
  /** Whether this node can do the work at all, asked with every beat. Default: it can. */
  readonly canWork?: (() => boolean) | undefined;
  /** Begins to consume the partition. Rejects when the engine is away; it is asked again then. */
  readonly take: (partition: number) => Promise<void>;
  /** Ends with it, after the batch under way. Must not reject. */
  readonly release: (partition: number) => Promise<void>;
}

/**
 * Which partitions are this node's: rendezvous hashing over the living consumers. Whoever is to have a partition waits
 * until the one who has it let go, so that a hand-over between living nodes repeats nothing.
 */
export class Shares {
  readonly #options: SharesOptions;
  readonly #held = new Set<number>();
  readonly #moving = new Map<number, Promise<void>>();
  readonly #waitingSince = new Map<number, number>();
  #winners: { readonly consumers: string; readonly mine: ReadonlySet<number> } = { consumers: '', mine: new Set() };
  #isStopped = false;
  #isLeftOut = false;

  constructor(options: SharesOptions) {
    this.#options = options;
  }

  async start(): Promise<void> {
    const { heartbeats, canWork } = this.#options;
    if (canWork !== undefined) heartbeats.askWith(canWork);
    heartbeats.setShare(true, []);
    // Whoever begins before it has heard of the others would take everything and hand most of it back.
    await heartbeats.settled;
    heartbeats.onBeat(this.#update);
    this.#update();
  }

  /** Lets go of everything. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#options.heartbeats.offBeat(this.#update);
    await Promise.all(this.#moving.values());
    this.#options.heartbeats.setShare(false, [...this.#held]);
    await Promise.all([...this.#held].map((partition) => this.#release(partition)));
  }

  readonly #update = (): void => {
    if (this.#isStopped) return;
    const mine = this.#mine();
    const { isLeftOut } = this.#options.heartbeats;
    if (isLeftOut !== this.#isLeftOut) {
      this.#isLeftOut = isLeftOut;
      this.#announce();
    }
    for (let partition = 0; partition < this.#options.partitions; partition++) {
      if (this.#moving.has(partition)) continue;
      if (!mine.has(partition)) {
        this.#waitingSince.delete(partition);
        if (this.#held.has(partition)) void this.#release(partition);
      } else if (!this.#held.has(partition) && this.#isFree(partition)) void this.#take(partition);
    }
  };

  #mine(): ReadonlySet<number> {
    const { heartbeats, partitions } = this.#options;
    const consumers = heartbeats.consumers();
    const shown = consumers.join();
    if (shown !== this.#winners.consumers) {
      const numbers = Array.from({ length: partitions }, (_, partition) => partition);
      const mine = numbers.filter((partition) => highest(consumers, partition) === heartbeats.instance);
      this.#winners = { consumers: shown, mine: new Set(mine) };
    }
    return this.#winners.mine;
  }

  #isFree(partition: number): boolean {
    if (!this.#options.heartbeats.isHeldElsewhere(partition)) return true;
    const since = this.#waitingSince.get(partition) ?? performance.now();
    this.#waitingSince.set(partition, since);
    return performance.now() - since > patienceMs;
  }

  #take(partition: number): Promise<void> {
    this.#waitingSince.delete(partition);
    this.#held.add(partition);
    const moving = this.#options.take(partition).catch(async () => {
      await new Promise((resolve) => setTimeout(resolve, retryAfterMs));
      this.#held.delete(partition);
    });
    return this.#move(partition, moving);
  }

  #release(partition: number): Promise<void> {
    return this.#move(
      partition,
      this.#options.release(partition).then(() => {
        this.#held.delete(partition);
      }),
    );
  }

  #move(partition: number, moving: Promise<void>): Promise<void> {
    const moved = moving.then(() => {
      this.#moving.delete(partition);
      this.#announce();
    });
    this.#moving.set(partition, moved);
    return moved;
  }

  /** Whoever is left out has nothing that others should wait for: what it has under way is likely to end in vain. */
  #announce(): void {
    this.#options.heartbeats.setShare(!this.#isStopped, this.#isLeftOut ? [] : [...this.#held]);
  }
}
