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

/** What decides whose pages are this server's own. */
export interface OwnOrigins {
  readonly publicUrl?: string | undefined;
  readonly allowedOrigins: readonly string[];
  readonly tlsCert?: string | undefined;
}

/** Whether people reach this server encrypted, as far as it knows. */
export const isServedByTls = ({ publicUrl, tlsCert }: Pick<OwnOrigins, 'publicUrl' | 'tlsCert'>): boolean =>
  tlsCert !== undefined || publicUrl?.startsWith('https:') === true;

/**
 * Whether a page of this origin may act with the cookie: one of this server, or of the list.
 * @param origin the Origin header; absent where no browser or no cross-origin page sends it
 */
export function isOriginAllowed(origin: string | undefined, host: string | undefined, own: OwnOrigins): boolean {
  if (origin === undefined) return true;
  const { publicUrl, allowedOrigins } = own;
  if (allowedOrigins.includes(origin) || (publicUrl !== undefined && origin === new URL(publicUrl).origin)) return true;
  if (!URL.canParse(origin) || host === undefined) return false;
  const page = new URL(origin);
  // Anybody on the way can put words into an unencrypted page of the same name.
  return page.host === host && (page.protocol === 'https:' || !isServedByTls(own));
}
