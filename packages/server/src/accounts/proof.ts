import { ParleyError } from '@parley/protocol';
import type { Clock } from '../clock.ts';
import type { Principal } from '../gateway/port.ts';
import type { RateSource } from '../limits/shared-rates.ts';
import { nameKey } from '../store/account-words.ts';
import type { Account, RecordStore } from '../store/port.ts';
import { Guesses } from './guesses.ts';
import { hashPassword, isOutdated, isPassword } from './passwords.ts';
import { longestMs } from './sessions.ts';

/** A session this young stands for the person, where there is no password to ask for. */
const freshMs = 15 * 60_000;

/** Judges the passwords that people give, with a bound on how many they may try. */
export class Proof {
  readonly #store: RecordStore;
  readonly #clock: Clock;
  readonly #guesses: Guesses;

  constructor(store: RecordStore, clock: Clock, rates?: RateSource) {
    this.#store = store;
    this.#clock = clock;
    this.#guesses = new Guesses(clock, undefined, rates);
  }

  /**
   * Whose name and password these are. One answer, in one time, for names that are known, that are not, and that have no password.
   * @param address where they come from
   * @throws ParleyError `wrong-credentials`, `rate-limited`
   */
  async byName(name: string, password: string, address: string): Promise<Account> {
    const account = await this.#judge(name, () => this.#store.accountByName(name), password, address);
    if (account === undefined) throw new ParleyError('wrong-credentials');
    return account;
  }

  /** The same for somebody who is signed in. */
  async ofOneself(account: Account, password: string, address: string, field: string): Promise<void> {
    const proved = await this.#judge(account.name, () => Promise.resolve(account), password, address);
    if (proved === undefined)
      throw new ParleyError('wrong-credentials', { message: 'This is not your password.', field });
  }

  /**
   * Makes sure that it is the person who changes how they sign in, and not somebody at a screen left open.
   * @throws ParleyError `wrong-credentials`, `rate-limited`; `forbidden` where there is no password and the session is not new
   */
  async confirm(principal: Principal, account: Account, password: string | undefined, address: string): Promise<void> {
    if (account.passwordHash !== undefined) return this.ofOneself(account, password ?? '', address, 'password');
    const signedInAt = (principal.expiresAt ?? 0) - longestMs;
    if (this.#clock.now() - signedInAt > freshMs)
      throw new ParleyError('forbidden', {
        message: 'Please sign out, sign in again, and do this within 15 minutes: it must be known that it is you.',
      });
  }

  async #judge(
    name: string,
    find: () => Promise<Account | undefined>,
    password: string,
    address: string,
  ): Promise<Account | undefined> {
    const key = nameKey(name);
    const waitMs = this.#guesses.begin(key, address);
    if (waitMs > 0) throw new ParleyError('rate-limited', { retryAfterMs: waitMs });
    const account = await find();
    const hash = account?.passwordHash;
    if (!(await isPassword(password, hash)) || account === undefined || hash === undefined) return undefined;
    this.#guesses.proved(key, address);
    // Only now is the password here to be hashed with the cost of today.
    if (isOutdated(hash)) await this.#store.updateAccount(account.id, { passwordHash: await hashPassword(password) });
    return account;
  }
}
