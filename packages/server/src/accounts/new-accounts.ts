import { type IdSource, limits, newUserId, ParleyError, plainName } from '@parley/protocol';
import type { Clock } from '../clock.ts';
import type { Account, RecordStore } from '../store/port.ts';
import { refuseLookAlike } from './look-alikes.ts';
import type { SsoIdentity } from './sso-provider.ts';

const namePattern = /^[a-zA-Z0-9][a-zA-Z0-9._-]{1,31}$/;
const colors = 12;
/** Handles tried for somebody whose own is taken. */
const maxHandles = 100;

/** Whether a handle can be had at all. */
export const isHandle = (name: string): boolean => namePattern.test(name);

/** @throws ParleyError `name-invalid` */
export function refuseName(name: string): void {
  if (!isHandle(name)) throw new ParleyError('name-invalid', { field: 'name' });
}

export interface AccountWish {
  readonly name: string;
  readonly displayName?: string | undefined;
  readonly serverRole: Account['serverRole'];
  readonly passwordHash?: string | undefined;
}

/** An account as it begins; its colour follows from its name. */
export function newAccount(
  { name, displayName = name, serverRole, passwordHash }: AccountWish,
  createdAt: number,
  ids?: IdSource,
): Account {
  const sum = Array.from(name).reduce((total, char) => total + (char.codePointAt(0) ?? 0), 0);
  const account = { id: newUserId(ids), name, displayName, color: sum % colors, status: '', serverRole, createdAt };
  return passwordHash === undefined ? account : { ...account, passwordHash };
}

export interface WelcomeOptions {
  readonly store: RecordStore;
  readonly clock: Clock;
  readonly ids?: IdSource;
  readonly registration: 'open' | 'invite' | 'closed';
  readonly welcomesByProvider?: boolean;
}

/**
 * Makes an account for who is known to the provider of single sign-on and not here; its handle is the nearest one that is free.
 * @throws ParleyError `sso-unknown` where nobody gets one this way
 */
export async function welcome(options: WelcomeOptions, identity: SsoIdentity): Promise<Account> {
  const { store, clock, ids, registration, welcomesByProvider = false } = options;
  // Who owns a new server is decided by who has set it up.
  if (!(welcomesByProvider || registration === 'open') || !(await store.hasAccounts()))
    throw new ParleyError('sso-unknown');
  const { handle, email, displayName } = identity;
  const wanted = handleOf(handle ?? email ?? 'guest');
  const shown = displayName === undefined ? '' : plainName(displayName).slice(0, limits.maxNameLength);
  const isFree = shown !== '' && (await isNobodysName(store, shown));
  for (let tries = 1; tries <= maxHandles; tries++) {
    const name = tries === 1 ? wanted : `${wanted.slice(0, 28)}${tries}`;
    const wish = { name, serverRole: 'member', ...(isFree ? { displayName: shown } : {}) } as const;
    const account = newAccount(wish, clock.now(), ids);
    if (await store.createAccount(account)) return account;
  }
  throw new ParleyError('name-taken');
}

/** What the provider calls somebody, as a handle: `ada@example.org` is `ada`. */
function handleOf(text: string): string {
  const plain = (text.split('@', 1)[0] ?? '').normalize('NFKD').replace(/[^a-zA-Z0-9._-]/g, '');
  const handle = plain.replace(/^[._-]+/, '').slice(0, 32);
  return isHandle(handle) ? handle : `guest${handle}`.slice(0, 32);
}

async function isNobodysName(store: RecordStore, shown: string): Promise<boolean> {
  try {
    await refuseLookAlike(store, shown);
    return true;
  } catch (error) {
    if (error instanceof ParleyError) return false;
    throw error;
  }
}
