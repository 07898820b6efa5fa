import { limits, type UserId } from '@parley/protocol';
import { CliError } from '../error.ts';
import type { Persist } from './persist.ts';
import type { Rest } from '../sdk.ts';

/** Somebody who takes part in a replay. */
export interface Account {
  readonly id: UserId;
  readonly token: string;
}

/** Makes a nick into a name that the server takes; others may have it already. */
export function validName(nick: string): string {
  const name = nick
    .normalize('NFKD')
    .replace(/[^a-zA-Z0-9._-]+/g, '-')
    .replace(/^[^a-zA-Z0-9]+/, '')
    .slice(0, 32);
  return name.length >= 2 ? name : `${name}nick`.slice(0, 32);
}

/**
 * A name for each nick, no two alike without regard to case. A nick's name depends on those before it only.
 * @param taken names in lower case that nobody may have; grows by those given out
 */
export function nameNicks(nicks: readonly string[], taken: Set<string>): Map<string, string> {
  const names = new Map<string, string>();
  for (const nick of nicks) {
    const wanted = validName(nick);
    let name = wanted;
    for (let number = 2; taken.has(name.toLowerCase()); number++) {
      const suffix = `-${number}`;
      name = `${wanted.slice(0, 32 - suffix.length)}${suffix}`;
    }
    taken.add(name.toLowerCase());
    names.set(nick, name);
  }
  return names;
}

/**
 * Makes an account for each nick, or takes the one that exists, and signs each in.
 * @param taken names that are not to be given out, in lower case
 */
export async function makeAccounts(
  rest: Rest,
  nicks: readonly string[],
  taken: Set<string>,
  persist: Persist,
): Promise<Map<string, Account>> {
  const accounts = new Map<string, Account>();
  let missing = nicks;
  // A name that belongs to an administrator yields no token: such nicks get another name. Three rounds are plenty.
  for (let round = 0; missing.length > 0 && round < 3; round++) {
    const names = Array.from(nameNicks(missing, taken));
    for (let from = 0; from < names.length; from += limits.maxAccountsPerRequest) {
      const batch = names.slice(from, from + limits.maxAccountsPerRequest);
      const wish = batch.map(([nick, name]) => ({ name, displayName: nick.slice(0, limits.maxNameLength).toWellFormed() }));
      const made = await persist(() => rest.createAccounts({ accounts: wish, tokens: true }));
      for (const [index, { user, token }] of made.accounts.entries()) {
        const nick = batch[index]?.[0];
        if (nick !== undefined && token !== undefined) accounts.set(nick, { id: user.id, token });
      }
    }
    missing = missing.filter((nick) => !accounts.has(nick));
  }
  if (missing.length > 0) throw new CliError(`The server gave no account to ${missing.slice(0, 5).join(', ')}.`);
  return accounts;
}
