import type { IncomingMessage, Server } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { ClientSocket } from './socket.ts';
import { handshakeOf } from './websocket/handshake.ts';
import { type SocketEvents, WrittenSocket } from './websocket/socket.ts';

const subprotocol = 'parley.v1';

export interface UpgradeOptions {
  /** Whether a page of this origin may connect. `undefined`: not a browser. */
  readonly isOriginAllowed: (origin: string | undefined, request: IncomingMessage) => boolean;
  /** Called for each new socket; the events it returns are told what comes. */
  readonly accept: (socket: ClientSocket, request: IncomingMessage) => SocketEvents;
  /** False while draining. */
  readonly isAccepting: () => boolean;
  /** What else takes upgrades, by its path; it is asked where a socket at `/ws` would be let in. */
  readonly others?: ReadonlyMap<string, Upgrade>;
}

type Upgrade = (request: IncomingMessage, stream: Duplex, head: Buffer) => void;

/** Serves WebSockets at `/ws` of an HTTP server. Returns what ends it. */
export function attachWebSockets(server: Server, options: UpgradeOptions): () => void {
  const upgrade = (request: IncomingMessage, stream: Duplex, head: Buffer): void => {
    const path = (request.url ?? '').split('?', 1)[0] ?? '';
    const other = options.others?.get(path);
    if (path !== '/ws' && other === undefined) return refuse(stream, '404 Not Found');
    if (!options.isAccepting()) return refuse(stream, '503 Service Unavailable');
    if (!options.isOriginAllowed(request.headers.origin, request)) return refuse(stream, '403 Forbidden');
    if (other !== undefined) return other(request, stream, head);
    const handshake = handshakeOf(request, subprotocol);
    if (!handshake.ok) return refuse(stream, handshake.status, handshake.headers);
    stream.write(handshake.response);
    const socket = new WrittenSocket(stream as Socket, handshake.takesDeflated);
    socket.events = options.accept(socket, request);
    if (head.length > 0) socket.read(head);
  };
  server.on('upgrade', upgrade);
  return () => server.off('upgrade', upgrade);
}

function refuse(stream: Duplex, status: string, headers: readonly string[] = []): void {
  stream.on('error', () => undefined);
  const lines = [`HTTP/1.1 ${status}`, 'Connection: close', 'Content-Length: 0', ...headers];
  stream.end(`${lines.join('\r\n')}\r\n\r\n`);
}
