import type { Cid, StreamEvent, UserId } from '@parley/protocol';
import { greaterCid, isBeyond, noCid } from '../stream/index.ts';

/**
 * What the sequencer remembers of a stream's recent commands: `(actor, cid)` → seq. Of those that it has forgotten it keeps the greatest
 * cid: whatever is beyond that is new, and what is not has to be looked up in the store. (Trusting the time inside a UUIDv7
 * would save more look-ups, and make doubles for a client whose clock is wrong.)
 */
export class RecentCommands {
  readonly #seqs = new Map<string, number>();
  readonly #maxRemembered: number;
  /** `undefined`: nothing is forgotten. */
  #newestForgotten: string | undefined;

  /** @param newestForgotten the greatest cid of the stream's events before those that are noted; `undefined` where there are none */
  constructor(maxRemembered: number, newestForgotten: string | undefined) {
    this.#maxRemembered = maxRemembered;
    this.#newestForgotten = newestForgotten;
  }

  /** Whether a command that is not remembered may be an old one all the same. */
  mayHaveForgotten(cid: Cid): boolean {
    return this.#newestForgotten !== undefined && !isBeyond(this.#newestForgotten, cid);
  }

  find(actor: UserId, cid: Cid): number | undefined {
    return this.#seqs.get(`${actor} ${cid}`);
  }

  note({ actor, cid, seq }: Pick<StreamEvent, 'actor' | 'cid' | 'seq'>): void {
    this.#seqs.set(`${actor} ${cid}`, seq);
    if (this.#seqs.size <= this.#maxRemembered) return;
    const [oldest] = this.#seqs.keys();
    if (oldest === undefined) return;
    this.#seqs.delete(oldest);
    this.#newestForgotten = greaterCid(this.#newestForgotten ?? noCid, oldest.slice(oldest.indexOf(' ') + 1));
  }
}
