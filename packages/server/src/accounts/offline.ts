import type { Factor, PasswordResetLink, RemovedFactors } from '@parley/protocol';
import { noteByHand } from '../audit/by-hand.ts';
import type { AuditWish } from '../audit/index.ts';
import { systemClock } from '../clock.ts';
import { silentLog } from '../log.ts';
import { EngineError } from '../patience.ts';
import type { Account } from '../store/port.ts';
import { openStore } from '../store/registry.ts';
import { Accounts } from './index.ts';

/**
 * A link for a new password, made by who has the store: for an owner who has forgotten theirs, whom no administrator helps.
 * @param store its URL
 * @throws EngineError when the store cannot be opened, or has no such account
 */
export function makePasswordReset(store: string, name: string, publicUrl: string): Promise<PasswordResetLink> {
  return withAccount(store, name, publicUrl, async (accounts, account) => [
    await accounts.resets.makeFor(account),
    { act: 'password.reset', target: account.id },
  ]);
}

/**
 * Takes a lost authenticator app or lost passkeys off an account, by who has the store: for an owner, whom no administrator
 * helps. Ends the account's sessions and tokens.
 * @param store its URL
 * @throws EngineError when the store cannot be opened, or has no such account
 */
export function removeFactorsInStore(store: string, name: string, factors: readonly Factor[]): Promise<RemovedFactors> {
  return withAccount(store, name, 'http://localhost', async (accounts, account) => {
    const removed = await accounts.lostFactors.removeOf(account, factors);
    return [removed, { act: 'credential.removed', target: account.id, detail: { ...removed } }];
  });
}

async function withAccount<Answer>(
  store: string,
  name: string,
  publicUrl: string,
  work: (accounts: Accounts, account: Account) => Promise<[Answer, AuditWish]>,
): Promise<Answer> {
  const records = await openStore(store, { log: silentLog });
  try {
    const account = await records.accountByName(name);
    if (account === undefined) throw new EngineError(`There is no account @${name} in this store.`);
    const accounts = new Accounts({
      store: records,
      clock: systemClock,
      registration: 'closed',
      publicUrl: () => publicUrl,
      onRevoked: () => undefined,
      knowsEndings: () => false,
    });
    const [answer, wish] = await work(accounts, account);
    await noteByHand(records, silentLog, [wish]);
    return answer;
  } finally {
    await records.close();
  }
}
