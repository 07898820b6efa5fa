import { createServer, type RequestListener, type Server, type ServerOptions } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { TlsMaterial } from './tls.ts';

/** What an honest client sends within a second or two, even from a train. Whoever drips headers loses the connection. */
const headersTimeoutMs = 10_000;
/** For the whole request: 96 KiB at the speed of a bad telephone line. */
const requestTimeoutMs = 20_000;
/** How late a timeout may be noticed. Node's own 30 s would let a slow client hold its connection four times as long. */
const checkMs = 2_000;
/** Above the 60 s after which common proxies drop an idle connection, so that they and not this server end it. */
const keepAliveMs = 65_000;

const patience: ServerOptions = {
  headersTimeout: headersTimeoutMs,
  requestTimeout: requestTimeoutMs,
  connectionsCheckingInterval: checkMs,
  keepAliveTimeout: keepAliveMs,
};

/** The server everything is on: encrypted where there is a certificate, impatient with slow senders either way. */
export function openServer(tls: TlsMaterial | undefined, handler: RequestListener): Server {
  if (tls === undefined) return createServer(patience, handler);
  // A handshake that is not done by then is no handshake; Node waits two minutes.
  return createTlsServer({ ...patience, ...tls, handshakeTimeout: headersTimeoutMs }, handler);
}
