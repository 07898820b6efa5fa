import type { Clock, Timer } from '../clock.ts';
import type { Log } from '../log.ts';
import type { RecordStore } from '../store/port.ts';

/** How often a node asks the store which sessions ended: twice within the second that a revocation may take. */
const askMs = 400;
/** What this node knows is as new as its last question that was answered; beyond this age it is not relied on. */
const freshMs = 1_000;
/** Clocks of nodes may differ by so much before a revocation is heard of only by message. */
const clockSkewMs = 5_000;
/** The store tells of what ended up to an hour ago; a node that was away longer has no sockets left. */
const longestMs = 3_600_000 - clockSkewMs;
/** Open sockets are noted as use so often: far below the days after which an idle session ends. */
const usedMs = 15 * 60_000;
/** Notes written at once, so that 10,000 open sessions are no burst. */
const usedBatch = 50;

export interface SessionWatchOptions {
  readonly store: Pick<RecordStore, 'sessionsEnded'>;
  readonly clock: Clock;
  readonly log: Log;
  /** These sessions have ended somewhere; called once for each. */
  readonly onEnded: (sessions: readonly string[]) => void;
  /** Sessions with open sockets on this node. */
  readonly open: () => Iterable<string>;
  readonly used: (sessions: readonly string[]) => Promise<void>;
}

/**
 * Makes sure that a session that ended anywhere is honoured nowhere a second later, even if the message about it is lost:
 * the store keeps a short list of endings, and every node reads its newest part. That is one small read, whether a node
 * has ten sessions open or ten thousand; looking each of them up would be as many reads as there are people.
 */
export class SessionWatch {
  readonly #options: SessionWatchOptions;
  /** When the last question that was answered was asked, by both clocks; `undefined` before the first. */
  #asked: { readonly at: number; readonly elapsed: number } | undefined;
  /** Told already, with when: questions overlap. */
  readonly #told = new Map<string, number>();
  readonly #timers = new Map<'ask' | 'use', Timer>();
  #isStopped = false;

  constructor(options: SessionWatchOptions) {
    this.#options = options;
  }

  /** Whether every ending until less than a second ago is known here. */
  get isFresh(): boolean {
    return this.#asked !== undefined && this.#options.clock.elapsed() - this.#asked.elapsed < freshMs;
  }

  start(): void {
    this.#repeat('ask', askMs, () => this.#ask());
    this.#repeat('use', usedMs, () => this.#noteUse());
  }

  stop(): void {
    this.#isStopped = true;
    for (const timer of this.#timers.values()) timer.cancel();
  }

  #repeat(name: 'ask' | 'use', ms: number, work: () => Promise<void>): void {
    const next = (): void => {
      if (this.#isStopped) return;
      this.#timers.set(
        name,
        this.#options.clock.after(ms, () => {
          work()
            .catch((error: unknown) => this.#options.log.debug({ error: String(error) }, `sessions: could not ${name}`))
            .finally(next);
        }),
      );
    };
    next();
  }

  async #ask(): Promise<void> {
    const { store, clock, onEnded } = this.#options;
    const asked = { at: clock.now(), elapsed: clock.elapsed() };
    const since = Math.max(this.#asked?.at ?? asked.at, asked.at - longestMs) - clockSkewMs;
    const ended = await store.sessionsEnded(Math.min(since, asked.at), asked.at + clockSkewMs);
    this.#asked = asked;
    for (const [session, at] of this.#told) {
      // In order of when they were told. Twice the overlap: no question reaches back that far again.
      if (at > since - 2 * clockSkewMs) break;
      this.#told.delete(session);
    }
    const fresh = ended.filter((session) => !this.#told.has(session));
    for (const session of fresh) this.#told.set(session, asked.at);
    if (fresh.length > 0) onEnded(fresh);
  }

  async #noteUse(): Promise<void> {
    const open = [...this.#options.open()];
    for (let from = 0; from < open.length && !this.#isStopped; from += usedBatch)
      await this.#options.used(open.slice(from, from + usedBatch));
  }
}
