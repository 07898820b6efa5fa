import type { IncomingMessage } from 'node:http';
import { networkOf } from '../accounts/guesses.ts';

/**
 * Where a request that becomes a socket comes from, as `request.ip` says it of others: the peer, or with `trustProxy` the first
 * that its proxies name. Of IPv6 the network, which is what one customer has.
 */
export function addressOf({ headers, socket }: IncomingMessage, trustProxy: boolean): string | undefined {
  const forwarded = headers['x-forwarded-for'];
  const told = trustProxy ? (Array.isArray(forwarded) ? forwarded[0] : forwarded)?.split(',')[0]?.trim() : undefined;
  const address = told === undefined || told === '' ? socket.remoteAddress : told;
  return address === undefined ? undefined : networkOf(address.slice(0, 100));
}
