import type { Clock, Timer } from '../clock.ts';
import type { Log } from '../log.ts';
import type { DocumentStore } from '../store/documents.ts';
import type { AuditWish } from './acts.ts';
import { type AuditEntry, chained } from './chain.ts';
import { days, kind } from './kind.ts';

export type { AuditAct, AuditWish, Origin } from './acts.ts';
export { type AuditEntry, faultsOf } from './chain.ts';

/** Entries waiting for the store. Beyond it the newest are counted and not kept: a flood of failures must not fill the memory. */
const maxWaiting = 10_000;
/** Entries written at once. */
const batch = 32;
const firstPauseMs = 200;
const longestPauseMs = 10_000;

/**
 * The audit log: who did what to whom, from where. Documents of kind `audit`, owned by their day, in the order of time.
 * Nothing changes one, and only `AuditCuts` deletes, by age. Each node chains its own entries by hash.
 */
export class Audit {
  readonly #store: DocumentStore;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #node: string;
  readonly #waiting: AuditEntry[] = [];
  readonly #days = new Set<string>();
  #last: AuditEntry | undefined;
  #lost = 0;
  #writing: Promise<void> | undefined;
  #pause: { readonly timer: Timer; readonly wake: () => void } | undefined;
  #isStopped = false;

  constructor({ store, clock, log, node }: { store: DocumentStore; clock: Clock; log: Log; node: string }) {
    this.#store = store;
    this.#clock = clock;
    this.#log = log;
    this.#node = node;
  }

  /**
   * Notes an act. Never fails and never waits: entries go to the store in order, and are tried again while it does not
   * answer. What a process has not written when it is killed is lost, which is what its last milliseconds hold.
   */
  record(wish: AuditWish): void {
    if (this.#waiting.length >= maxWaiting) {
      this.#lost++;
      return;
    }
    if (this.#lost > 0) {
      const count = this.#lost;
      this.#lost = 0;
      this.#enqueue({ act: 'audit.lost', detail: { count } });
    }
    this.#enqueue(wish);
    this.#writing ??= this.#write().finally(() => (this.#writing = undefined));
  }

  /** Resolves when everything recorded so far is stored. */
  async settled(): Promise<void> {
    while (this.#writing !== undefined) await this.#writing;
  }

  /** Writes what waits, once more, and takes nothing on after. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    this.#pause?.timer.cancel();
    this.#pause?.wake();
    await this.settled();
  }

  /** The newest entries below a key, newest first; without one, the newest of all. */
  async page(before: string | undefined, limit: number): Promise<AuditEntry[]> {
    const found: AuditEntry[] = [];
    let day: string | undefined = before?.slice(0, 10) ?? (await this.#dayBefore(undefined));
    let beyond = before;
    while (day !== undefined && found.length < limit) {
      const range = { direction: 'backward', limit: limit - found.length } as const;
      const documents = await this.#store.documents(kind, day, beyond === undefined ? range : { ...range, beyond });
      found.push(...documents.map(({ body }) => JSON.parse(body) as AuditEntry));
      if (found.length < limit) day = await this.#dayBefore(day);
      beyond = undefined;
    }
    return found;
  }

  async #dayBefore(day: string | undefined): Promise<string | undefined> {
    const range = { direction: 'backward', limit: 1 } as const;
    const [found] = await this.#store.documents(kind, days, day === undefined ? range : { ...range, beyond: day });
    return found?.key;
  }

  #enqueue(wish: AuditWish): void {
    const entry = chained(wish, this.#node, this.#clock.now(), this.#last);
    this.#last = entry;
    this.#waiting.push(entry);
  }

  async #write(): Promise<void> {
    let pauseMs = firstPauseMs;
    while (this.#waiting.length > 0) {
      const entries = this.#waiting.slice(0, batch);
      try {
        await Promise.all(entries.map((entry) => this.#put(entry)));
        this.#waiting.splice(0, entries.length);
        pauseMs = firstPauseMs;
      } catch (error) {
        this.#log.warn({ error: String(error), waiting: this.#waiting.length }, 'the audit log cannot be written');
        if (this.#isStopped) return;
        await this.#sleep(pauseMs);
        pauseMs = Math.min(pauseMs * 2, longestPauseMs);
      }
    }
  }

  async #put(entry: AuditEntry): Promise<void> {
    const day = entry.key.slice(0, 10);
    if (!this.#days.has(day)) {
      await this.#store.putDocument({ kind, owner: days, key: day, body: '{}' }, 0);
      this.#days.clear();
      this.#days.add(day);
    }
    // Refused where an attempt without an answer had stored it: then it is there.
    await this.#store.putDocument({ kind, owner: day, key: entry.key, body: JSON.stringify(entry) }, 0);
  }

  #sleep(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = this.#clock.after(ms, resolve);
      this.#pause = { timer, wake: resolve };
    });
  }
}
