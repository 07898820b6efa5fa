import type { ClientFrame } from './schemas.ts';

/**
 * What a service token may do. It never does more than its owner may: scopes take away from rights, they give none.
 * Without `admin` it acts with the rank of an ordinary member, whatever its owner's.
 */
export const scopes = ['read', 'write', 'invite', 'admin'] as const;
export type Scope = (typeof scopes)[number];

/** `session`: only somebody who signed in as a person; no token can be given this. `undefined`: nothing. */
export type Need = Scope | 'session' | undefined;

/** What each frame needs. */
export const frameNeeds: Readonly<Record<ClientFrame['t'], Need>> = {
  hello: undefined,
  ping: undefined,
  watch: 'read',
  unwatch: 'read',
  faces: 'read',
  signal: 'write',
  send: 'write',
};

/**
 * What each REST call needs, by the beginning of its path under `/api/v1`; the longest that fits counts. What is not listed,
 * such as everything about how one signs in, is for people: a token that leaks cannot make itself another, or a password.
 */
const restNeeds: Readonly<Record<string, { readonly read: Need; readonly change: Need }>> = {
  '/me': { read: 'read', change: 'write' },
  '/me/export': { read: 'session', change: 'session' },
  '/me/delete': { read: 'session', change: 'session' },
  '/users': { read: 'read', change: 'session' },
  '/conversations': { read: 'read', change: 'write' },
  '/channels': { read: 'read', change: 'session' },
  '/streams': { read: 'read', change: 'session' },
  '/threads': { read: 'read', change: 'session' },
  '/mentions': { read: 'read', change: 'session' },
  '/presence': { read: 'read', change: 'session' },
  '/commands': { read: 'session', change: 'write' },
  '/invites': { read: 'invite', change: 'invite' },
  '/admin': { read: 'admin', change: 'admin' },
  '/admin/tokens': { read: 'session', change: 'session' },
  '/admin/password-resets': { read: 'session', change: 'session' },
  '/admin/lost-factors': { read: 'session', change: 'session' },
};

/**
 * What a REST call needs.
 * @param path under `/api/v1`, beginning with a slash
 */
export function needOfRequest(method: string, path: string): Need {
  const parts = path.split('/').slice(1);
  for (let length = parts.length; length > 0; length--) {
    const needs = restNeeds[`/${parts.slice(0, length).join('/')}`];
    if (needs !== undefined) return method === 'GET' || method === 'HEAD' ? needs.read : needs.change;
  }
  return 'session';
}

/**
 * The one judgement of scopes, for sockets, REST and whatever else carries requests.
 * @param granted the token's scopes; `undefined` for a person's session, which may do everything its owner may
 */
export const isInScope = (granted: readonly Scope[] | undefined, need: Need): boolean =>
  granted === undefined || need === undefined || (need !== 'session' && granted.includes(need));
