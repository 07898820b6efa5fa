import type { Clock, Timer } from '../clock.ts';
import type { Log } from '../log.ts';
import type { DocumentStore } from '../store/documents.ts';
import type { AuditEntry } from './chain.ts';
import type { Audit } from './index.ts';
import { days, kind } from './kind.ts';

const dayMs = 86_400_000;
const everyMs = 3_600_000;
/** A node that starts has other things to do. */
const firstMs = 60_000;
const page = 500;
/** Entries deleted at once. */
const batch = 32;

export interface AuditCutsOptions {
  readonly store: DocumentStore;
  readonly audit: Audit;
  readonly clock: Clock;
  readonly log: Log;
  /** Days that entries are kept; 0 for ever. */
  readonly keepDays: number;
}

/**
 * Cuts the audit log by age: whole days, from its beginning, and nothing else. Before a day goes, the log notes where each
 * node's chain was cut, so that what is left can be checked from there on (`faultsOf`). Nodes that cut at the same time note
 * the same.
 */
export class AuditCuts {
  readonly #options: AuditCutsOptions;
  #timer: Timer | undefined;
  #isStopped = false;

  constructor(options: AuditCutsOptions) {
    this.#options = options;
  }

  start(): void {
    if (this.#options.keepDays > 0) this.#after(firstMs);
  }

  stop(): void {
    this.#isStopped = true;
    this.#timer?.cancel();
  }

  /** Cuts what is too old by now; resolves to how many entries that were. */
  async cut(): Promise<number> {
    const { store, clock, keepDays } = this.#options;
    // Of the first day that is kept, the last moment counts: nothing goes too early.
    const firstKept = new Date(clock.now() - keepDays * dayMs).toISOString().slice(0, 10);
    let count = 0;
    for (;;) {
      const [oldest] = await store.documents(kind, days, { direction: 'forward', limit: 1 });
      if (oldest === undefined || oldest.key >= firstKept || this.#isStopped) return count;
      count += await this.#cutDay(oldest.key);
      await store.deleteDocument(kind, days, oldest.key);
    }
  }

  #after(ms: number): void {
    const { clock, log } = this.#options;
    this.#timer = clock.after(ms, () => {
      this.cut()
        .catch((error: unknown) => log.warn({ error: String(error) }, 'the audit log could not be cut'))
        .finally(() => {
          if (!this.#isStopped) this.#after(everyMs);
        });
    });
  }

  async #cutDay(day: string): Promise<number> {
    const { audit, store } = this.#options;
    const last = new Map<string, AuditEntry>();
    const keys: string[] = [];
    for (let beyond: string | undefined; ; beyond = keys.at(-1)) {
      const range = { direction: 'forward', limit: page, ...(beyond === undefined ? {} : { beyond }) } as const;
      const found = await store.documents(kind, day, range);
      for (const { key, body } of found) {
        const entry = JSON.parse(body) as AuditEntry;
        keys.push(key);
        last.set(entry.node, entry);
      }
      if (found.length < page) break;
    }
    for (const { node, count, hash } of last.values())
      audit.record({ act: 'audit.cut', detail: { day, node, count, hash } });
    // What is cut off is told of first.
    await audit.settled();
    // The oldest first: whatever stops this in the middle, the ends of the chains are still there.
    for (let at = 0; at < keys.length; at += batch)
      await Promise.all(keys.slice(at, at + batch).map((key) => store.deleteDocument(kind, day, key)));
    return keys.length;
  }
}
