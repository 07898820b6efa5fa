import type { IncomingHttpHeaders } from 'node:http';
import { parse as parseCookies } from './cookies.ts';

export const cookieName = 'parley_session';

/** The session token a request carries, and how: a cookie is sent by the browser on its own, so its origin has to be checked. */
export function tokenOf(
  headers: IncomingHttpHeaders,
): { readonly token: string; readonly isCookie: boolean } | undefined {
  const bearer = /^Bearer (\S{1,200})$/i.exec(headers.authorization ?? '')?.[1];
  if (bearer !== undefined) return { token: bearer, isCookie: false };
  const cookie = parseCookies(headers.cookie ?? '')[cookieName];
  return cookie === undefined || cookie === '' ? undefined : { token: cookie, isCookie: true };
}

/**
 * Whether a page of this origin may act with the cookie: one of this server, or of the list.
 * @param origin the Origin header; absent where no browser or no cross-origin page sends it
 */
export function isOriginAllowed(
  origin: string | undefined,
  host: string | undefined,
  publicUrl: string | undefined,
  allowed: readonly string[],
): boolean {
  if (origin === undefined) return true;
  if (allowed.includes(origin) || (publicUrl !== undefined && origin === new URL(publicUrl).origin)) return true;
  return URL.canParse(origin) && host !== undefined && new URL(origin).host === host;
}
