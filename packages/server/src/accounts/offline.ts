import type { PasswordResetLink } from '@parley/protocol';
import { systemClock } from '../clock.ts';
import { silentLog } from '../log.ts';
import { EngineError } from '../patience.ts';
import { openStore } from '../store/registry.ts';
import { Accounts } from './index.ts';

/**
 * A link for a new password, made by who has the store: for an owner who has forgotten theirs, whom no administrator helps.
 * @param store its URL
 * @throws EngineError when the store cannot be opened, or has no such account
 */
export async function makePasswordReset(store: string, name: string, publicUrl: string): Promise<PasswordResetLink> {
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
    return await accounts.resets.makeFor(account);
  } finally {
    await records.close();
  }
}
