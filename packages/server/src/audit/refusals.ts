import { networkOf } from '../accounts/guesses.ts';
import type { RateLimit } from '../gateway/rate.ts';
import type { RateSource } from '../limits/shared-rates.ts';
import type { AuditWish } from './acts.ts';
import type { Audit } from './index.ts';

/** Of one person, or one address where nobody is signed in: ten at once, then one a minute. */
const ofOne = { perSecond: 1 / 60, burst: 10 };
/** Of all together, so that many accounts fill the log no faster: 200 at once, then one a second. */
const ofAll = { perSecond: 1, burst: 200 };

/**
 * Notes who tried what they have no right to. Whoever goes on trying cannot fill the log: beyond the bounds tries are only
 * counted, and the next entry tells how many those were.
 */
export class Refusals {
  readonly #audit: Pick<Audit, 'record'>;
  readonly #ofOne: RateLimit;
  readonly #ofAll: RateLimit;
  #unnoted = 0;

  constructor(audit: Pick<Audit, 'record'>, rates: RateSource) {
    this.#audit = audit;
    this.#ofOne = rates.limit('refusals', ofOne);
    this.#ofAll = rates.limit('all refusals', ofAll);
  }

  /** @param what a word of this code: a command's type, a route */
  note(what: string, wish: Omit<AuditWish, 'act' | 'detail'>): void {
    const who = wish.actor ?? networkOf(wish.from?.address ?? '');
    if (this.#ofOne.charge(who) > 0 || this.#ofAll.charge('all') > 0) {
      this.#unnoted++;
      return;
    }
    const unnoted = this.#unnoted;
    this.#unnoted = 0;
    this.#audit.record({ ...wish, act: 'action.refused', detail: { what, ...(unnoted === 0 ? {} : { unnoted }) } });
  }
}
