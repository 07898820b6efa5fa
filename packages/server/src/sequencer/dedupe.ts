import type { Cid, StreamEvent, UserId } from '@parley/protocol';

/**
 * What the sequencer remembers of a stream's recent commands: `(actor, cid)` → seq. When it does not reach back to the
 * stream's first event, an unknown cid has to be looked up in the store. (Trusting the time inside a UUIDv7 instead
 * would save that look-up, and make doubles for a client whose clock is wrong.)
 */
export class RecentCommands {
  readonly #seqs = new Map<string, number>();
  #reachesBackTo: number;
  readonly #maxRemembered: number;

  constructor(reachesBackTo: number, maxRemembered: number) {
    this.#reachesBackTo = reachesBackTo;
    this.#maxRemembered = maxRemembered;
  }

  /** Whether every event of the stream is remembered, so that an unknown cid is certainly new. */
  get isComplete(): boolean {
    return this.#reachesBackTo <= 1;
  }

  find(actor: UserId, cid: Cid): number | undefined {
    return this.#seqs.get(`${actor} ${cid}`);
  }

  note(event: StreamEvent): void {
    this.remember(event.actor, event.cid, event.seq);
    if (this.#seqs.size <= this.#maxRemembered) return;
    const [oldest] = this.#seqs;
    if (oldest === undefined) return;
    this.#seqs.delete(oldest[0]);
    this.#reachesBackTo = Math.max(this.#reachesBackTo, oldest[1] + 1);
  }

  remember(actor: UserId, cid: Cid, seq: number): void {
    this.#seqs.set(`${actor} ${cid}`, seq);
  }
}
