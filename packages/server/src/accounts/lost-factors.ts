import {
  type Factor,
  mayOnServer,
  outranksOnServer,
  ParleyError,
  type RemovedFactors,
  type UserId,
} from '@parley/protocol';
import type { Principal } from '../gateway/port.ts';
import type { Account, RecordStore } from '../store/port.ts';
import type { OneTimeCodes } from './one-time-codes.ts';
import type { Passkeys } from './passkeys.ts';

export interface LostFactorsOptions {
  readonly store: Pick<RecordStore, 'accountById'>;
  readonly codes: OneTimeCodes;
  readonly passkeys: Passkeys;
  /** Ends every session and token of somebody. */
  readonly endEverything: (user: UserId) => Promise<void>;
}

/** For who has lost the telephone with their authenticator app and its recovery codes, or the device with their passkeys. */
export class LostFactors {
  readonly #options: LostFactorsOptions;

  constructor(options: LostFactorsOptions) {
    this.#options = options;
  }

  /**
   * Takes them off somebody's account, for an administrator.
   * @throws ParleyError `forbidden` where the account is as mighty as who asks, `not-found`
   */
  async remove({ serverRole }: Principal, user: UserId, factors: readonly Factor[]): Promise<RemovedFactors> {
    if (!mayOnServer('removeFactors', serverRole)) throw new ParleyError('forbidden');
    const account = await this.#options.store.accountById(user);
    if (account === undefined) throw new ParleyError('not-found');
    if (!outranksOnServer(serverRole, account.serverRole)) throw new ParleyError('forbidden');
    return this.removeOf(account, factors);
  }

  /** The same for who has the store in their hands, and asks nobody. */
  async removeOf({ id }: Pick<Account, 'id'>, factors: readonly Factor[]): Promise<RemovedFactors> {
    const { codes, passkeys, endEverything } = this.#options;
    const removed = {
      oneTimeCodes: factors.includes('one-time-codes') && (await codes.turnOff(id)),
      passkeys: factors.includes('passkeys') ? await passkeys.removeAll(id) : 0,
    };
    // After that, so that whoever found the device does not sign in with it again meanwhile.
    await endEverything(id);
    return removed;
  }
}
