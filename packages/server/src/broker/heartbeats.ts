import { randomUUID } from 'node:crypto';
import { type Beat, decodeBeat, encodeBeat } from './beat.ts';
import type { Member, Subscription } from './port.ts';
import { fitOf, Standing } from './standing.ts';

/** Five beats a node in three seconds; a few hundred nodes cost an engine a few hundred small messages a second. */
const defaultBeatMs = 600;
/**
 * A node that was silent for so many beats is dead: noticed within 3.0 to 3.6 s, so that its partitions are at work
 * elsewhere within 5, and no pause of a busy collector looks like death.
 */
const silentBeats = 5;
/** A beat that did not come back within so long is taken for lost, and another one is sent. */
const lostAfterMs = 3_000;

export interface HeartbeatsOptions {
  /** Hands a beat to the engine, which brings it to every instance, this one too. May lose it; must not keep it for later. */
  readonly publish: (beat: Buffer) => void;
  readonly beatMs?: number;
  /** Milliseconds by a clock that nobody sets; `performance.now` where it is left out. */
  readonly elapsed?: () => number;
}

interface Other {
  readonly beat: Beat;
  readonly heardAtTick: number;
  readonly standing: Standing;
}

/**
 * Who is alive, by beats that everybody sends to everybody through the engine.
 *
 * Time is counted in this instance's own beats that came back, never by the clock: while the engine is away nothing comes
 * back and nobody dies of it, and an instance that was paused reads what it missed, in order, before it judges anybody.
 */
export class Heartbeats {
  readonly instance = randomUUID();
  /** Resolves when everybody who lives must have been heard. */
  readonly settled: Promise<void>;
  readonly #options: HeartbeatsOptions;
  readonly #others = new Map<string, Other>();
  readonly #joined = new Set<Member>();
  readonly #watchers = new Set<(members: readonly Member[]) => void>();
  readonly #listeners = new Set<() => void>();
  readonly #settle: () => void;
  readonly #elapsed: () => number;
  readonly #standing = new Standing();
  #canWork = (): boolean => true;
  #consumes = false;
  #holds: readonly number[] = [];
  #number = 0;
  #returned = 0;
  #ticks = 0;
  #sentAt = 0;
  #told = '[]';
  #timer: NodeJS.Timeout | undefined;
  #isChangeScheduled = false;

  constructor(options: HeartbeatsOptions) {
    this.#options = options;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.settled = promise;
    this.#settle = resolve;
    this.#elapsed = options.elapsed ?? (() => performance.now());
  }

  start(): void {
    this.#send();
    this.#timer = setInterval(() => {
      const isUnderWay = this.#returned < this.#number && this.#elapsed() - this.#sentAt < lostAfterMs;
      // Beats never pile up: after an outage one of them would otherwise age everybody else by the whole outage.
      if (!isUnderWay) this.#send();
    }, this.#options.beatMs ?? defaultBeatMs);
  }

  /** Says goodbye, so that nobody has to wait for this instance to be missed. */
  stop(): void {
    clearInterval(this.#timer);
    if (this.#timer !== undefined) this.#publish(true);
    this.#timer = undefined;
    this.#settle();
  }

  received(payload: Uint8Array): void {
    const beat = decodeBeat(payload);
    if (beat === undefined) return;
    if (beat.from === this.instance) this.#returnedOwn(beat);
    else if (beat.bye) this.#others.delete(beat.from);
    else {
      // A newcomer learns of everybody now, not after everybody's next beat.
      const known = this.#others.get(beat.from);
      if (known === undefined) this.#scheduleChange();
      const standing = known?.standing ?? new Standing();
      standing.heard(beat.number, beat.canWork !== false);
      this.#others.set(beat.from, { beat, heardAtTick: this.#ticks, standing });
    }
    this.#tell();
  }

  join(member: Member): Subscription {
    this.#joined.add(member);
    this.#changed();
    return {
      close: () => {
        if (this.#joined.delete(member)) this.#changed();
        return Promise.resolve();
      },
    };
  }

  /** Calls at once, and at every change. */
  watch(watcher: (members: readonly Member[]) => void): Subscription {
    this.#watchers.add(watcher);
    watcher(this.members());
    return {
      close: () => {
        this.#watchers.delete(watcher);
        return Promise.resolve();
      },
    };
  }

  /** Calls after every beat, which is at least every second or so. */
  onBeat(listener: () => void): void {
    this.#listeners.add(listener);
  }

  offBeat(listener: () => void): void {
    this.#listeners.delete(listener);
  }

  /** @param canWork asked with every beat: whether this instance can do the work of its share */
  askWith(canWork: () => boolean): void {
    this.#canWork = canWork;
  }

  setShare(consumes: boolean, holds: readonly number[]): void {
    this.#consumes = consumes;
    this.#holds = holds;
    this.#changed();
  }

  members(): readonly Member[] {
    const joined = [this.#joined, ...[...this.#others.values()].map(({ beat }) => beat.members)];
    const byNode = new Map(joined.flatMap((members) => [...members].map((member) => [member.node, member] as const)));
    return [...byNode.values()].toSorted((a, b) => (a.node < b.node ? -1 : 1));
  }

  /** The instances that share the log: who cannot work for a while is left out, where others can. */
  consumers(): readonly string[] {
    const candidates = new Map<string, Standing>();
    for (const [instance, { beat, standing }] of this.#others) if (beat.consumes) candidates.set(instance, standing);
    if (this.#consumes) candidates.set(this.instance, this.#standing);
    return fitOf(candidates);
  }

  /** Whether this instance would share the log, and is left out. */
  get isLeftOut(): boolean {
    return this.#consumes && !this.consumers().includes(this.instance);
  }

  /** Whether another living instance has not let go of the partition. */
  isHeldElsewhere(partition: number): boolean {
    return [...this.#others.values()].some(({ beat }) => beat.holds.includes(partition));
  }

  #returnedOwn({ number, bye, canWork }: Beat): void {
    if (bye || number <= this.#returned) return;
    this.#returned = number;
    this.#standing.heard(number, canWork !== false);
    this.#ticks++;
    for (const [instance, { heardAtTick }] of this.#others)
      if (this.#ticks - heardAtTick > silentBeats) this.#others.delete(instance);
    if (this.#ticks >= 2) this.#settle();
  }

  #changed(): void {
    this.#tell();
    this.#scheduleChange();
  }

  /** Tells the others of a change at once, many in one turn together. It bears the last number: no time has passed. */
  #scheduleChange(): void {
    if (this.#isChangeScheduled || this.#timer === undefined) return;
    this.#isChangeScheduled = true;
    setImmediate(() => {
      this.#isChangeScheduled = false;
      if (this.#timer !== undefined) this.#publish(false);
    });
  }

  #send(): void {
    this.#number++;
    this.#sentAt = this.#elapsed();
    this.#publish(false);
  }

  #publish(bye: boolean): void {
    const { instance: from } = this;
    const members = bye ? [] : [...this.#joined];
    const [consumes, holds, canWork] = [this.#consumes, this.#holds, this.#canWork()];
    this.#options.publish(encodeBeat({ from, number: this.#number, members, consumes, canWork, holds, bye }));
  }

  #tell(): void {
    for (const listener of this.#listeners) listener();
    const members = this.members();
    const shown = JSON.stringify(members);
    if (shown === this.#told) return;
    this.#told = shown;
    for (const watcher of this.#watchers) watcher(members);
  }
}
