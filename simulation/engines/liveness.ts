import type { Process } from '../time/process.ts';
import type { Scheduler } from '../time/scheduler.ts';
import type { Conditions } from './conditions.ts';

const lookEveryMs = 400;

interface Known<Item> {
  readonly item: Item;
  readonly process: Process;
  seenAt: number;
  isAlive: boolean;
}

/**
 * Who is alive, as an engine sees it by heartbeats: somebody paused or cut off long enough counts as gone, without knowing
 * it, and is back when it is heard of again.
 */
export class Liveness<Item> {
  readonly #known = new Set<Known<Item>>();
  readonly #changed: (item: Item, isAlive: boolean) => void;
  readonly #scheduler: Scheduler;
  readonly #conditions: Conditions;
  readonly #timeoutMs: number;

  constructor(
    scheduler: Scheduler,
    conditions: Conditions,
    timeoutMs: number,
    changed: (item: Item, isAlive: boolean) => void,
  ) {
    this.#scheduler = scheduler;
    this.#conditions = conditions;
    this.#timeoutMs = timeoutMs;
    this.#changed = changed;
    this.#look();
  }

  get alive(): readonly Item[] {
    return [...this.#known].filter(({ isAlive }) => isAlive).map(({ item }) => item);
  }

  /** Returns what takes it away again, at once. */
  add(item: Item, process: Process): () => void {
    const known = { item, process, seenAt: this.#scheduler.now, isAlive: true };
    this.#known.add(known);
    this.#changed(item, true);
    return () => {
      if (!this.#known.delete(known) || !known.isAlive) return;
      known.isAlive = false;
      this.#changed(item, false);
    };
  }

  #look(): void {
    this.#scheduler.after(lookEveryMs, () => {
      const { now } = this.#scheduler;
      for (const known of this.#known) {
        const { process, item } = known;
        const isCut = process.cutFrom.has('broker') || process.cutFrom.has('heartbeats');
        const isHeard = process.isRunning && !isCut && !this.#conditions.isBrokerDown;
        if (isHeard) known.seenAt = now;
        // While the engine itself is down nobody's time runs out.
        else if (this.#conditions.isBrokerDown) known.seenAt = Math.max(known.seenAt, now - this.#timeoutMs / 2);
        const isAlive = now - known.seenAt < this.#timeoutMs;
        if (isAlive !== known.isAlive) {
          known.isAlive = isAlive;
          this.#changed(item, isAlive);
        }
        if (process.isDead && !isAlive) this.#known.delete(known);
      }
      this.#look();
    });
  }
}
