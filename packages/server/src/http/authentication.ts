import type { IncomingHttpHeaders } from 'node:http';
import type { Principal } from '../gateway/port.ts';
import { parse as parseCookies } from './cookies.ts';

/**
 * Under TLS the cookie's name begins with `__Host-`: browsers then take it only from this very host, encrypted, so that no
 * site beside it under the same domain can plant a session of its own. Without TLS browsers refuse such a name.
 */
export const cookieNameFor = (isSecure: boolean): string => (isSecure ? '__Host-parley_session' : 'parley_session');

/**
 * Sessions that began before 26 November 2026, when the name was the plain one under TLS too, end before this. For them it is
 * still taken and at once replaced; a later session under it was planted.
 */
const plainNameUntil = Date.UTC(2027, 10, 26);

/** Whether a session may be shown under the cookie's old name. */
export const isOfOldName = ({ expiresAt = Number.POSITIVE_INFINITY }: Principal): boolean => expiresAt < plainNameUntil;

/** The session token a request carries, and how: a cookie is sent by the browser on its own, so its origin has to be checked. */
export interface Presented {
  readonly token: string;
  readonly isCookie: boolean;
  /** It came under the name that cookies had before. */
  readonly isOldName: boolean;
}

/** @param isSecure whether the request came by TLS, as far as is known */
export function tokenOf(headers: IncomingHttpHeaders, isSecure: boolean): Presented | undefined {
  const bearer = /^Bearer (\S{1,200})$/i.exec(headers.authorization ?? '')?.[1];
  if (bearer !== undefined) return { token: bearer, isCookie: false, isOldName: false };
  const cookies = parseCookies(headers.cookie ?? '');
  const cookie = cookies[cookieNameFor(isSecure)];
  if (cookie !== undefined && cookie !== '') return { token: cookie, isCookie: true, isOldName: false };
  const old = isSecure ? cookies[cookieNameFor(false)] : undefined;
  return old === undefined || old === '' ? undefined : { token: old, isCookie: true, isOldName: true };
}

/** Whether a request that upgrades to a WebSocket came by TLS; what `request.protocol` says of others. */
export const isUpgradeSecure = (
  headers: IncomingHttpHeaders,
  config: OwnOrigins & { readonly trustProxy: boolean },
): boolean => isServedByTls(config) || (config.trustProxy && headers['x-forwarded-proto'] === 'https');

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
