import type { IncomingMessage, Server } from 'node:http';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { limits } from '@parley/protocol';
import { type WebSocket, WebSocketServer } from 'ws';
import { negotiatedDeflate, takesDeflated } from './deflate.ts';
import { type ClientSocket, type Frame, laggingBytes, maxBufferedBytes, maxReadBytes } from './socket.ts';

const subprotocol = 'parley.v1';

/** What a socket tells the gateway. */
export interface SocketEvents {
  received(text: string): void;
  /** A frame that is not text of at most 64 KiB. */
  malformed(reason: 'binary' | 'too-large'): void;
  drained(): void;
  closed(): void;
}

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
  // `ws` does the handshake, unmasking, fragments and UTF-8; frames to clients are built once and written by us (design, section 6).
  const handshake = new WebSocketServer({
    noServer: true,
    maxPayload: maxReadBytes,
    perMessageDeflate: negotiatedDeflate,
    clientTracking: false,
    handleProtocols: (offered) => (offered.has(subprotocol) ? subprotocol : false),
  });
  const upgrade = (request: IncomingMessage, stream: Duplex, head: Buffer): void => {
    const path = (request.url ?? '').split('?', 1)[0] ?? '';
    const other = options.others?.get(path);
    if (path !== '/ws' && other === undefined) return refuse(stream, '404 Not Found');
    if (!options.isAccepting()) return refuse(stream, '503 Service Unavailable');
    if (!options.isOriginAllowed(request.headers.origin, request)) return refuse(stream, '403 Forbidden');
    if (other !== undefined) return other(request, stream, head);
    handshake.handleUpgrade(request, stream, head, (webSocket) => {
      const socket = new WrittenSocket(webSocket, stream as Socket, takesDeflated(webSocket, maxReadBytes));
      const events = options.accept(socket, request);
      socket.events = events;
      webSocket.on('message', (data: Buffer, isBinary) => {
        if (data.length > limits.maxFrameBytes) events.malformed('too-large');
        else if (isBinary) events.malformed('binary');
        else events.received(String(data));
      });
      webSocket.on('close', () => events.closed());
      // ws closes by itself with 1009, 1007 or 1002 and then says 'close'; a listener keeps it from throwing.
      webSocket.on('error', () => undefined);
    });
  };
  server.on('upgrade', upgrade);
  return () => {
    server.off('upgrade', upgrade);
    handshake.close();
  };
}

function refuse(stream: Duplex, status: string): void {
  stream.on('error', () => undefined);
  stream.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}

class WrittenSocket implements ClientSocket {
  events: SocketEvents | undefined;
  readonly #webSocket: WebSocket;
  readonly #stream: Socket;
  readonly #takesDeflated: boolean;
  #queued: Buffer[] = [];
  #queuedBytes = 0;
  #isLagging = false;

  constructor(webSocket: WebSocket, stream: Socket, takesDeflated: boolean) {
    this.#webSocket = webSocket;
    this.#takesDeflated = takesDeflated;
    this.#stream = stream;
    stream.setNoDelay(true);
    stream.on('drain', () => this.#drained());
  }

  get isLagging(): boolean {
    return this.#isLagging;
  }

  send(frame: Frame): void {
    if (this.#queued.length === 0) pending.add(this);
    if (pending.size === 1 && this.#queued.length === 0) setImmediate(flushAll);
    const bytes = (this.#takesDeflated ? frame.deflated : undefined) ?? frame.bytes;
    this.#queued.push(bytes);
    this.#queuedBytes += bytes.length;
    // Already here, not at the flush: a session that resumes hundreds of streams would queue all of them in one tick.
    if (this.#queuedBytes + this.#stream.writableLength > laggingBytes) this.#isLagging = true;
  }

  /** One write to the kernel for everything queued in a tick. */
  flush(): void {
    const queued = this.#queued;
    this.#queued = [];
    this.#queuedBytes = 0;
    if (this.#webSocket.readyState !== this.#webSocket.OPEN || queued.length === 0) return;
    const [first] = queued;
    if (queued.length === 1 && first !== undefined) this.#stream.write(first);
    else {
      this.#stream.cork();
      for (const bytes of queued) this.#stream.write(bytes);
      this.#stream.uncork();
    }
    if (this.#stream.writableLength > maxBufferedBytes) this.#webSocket.terminate();
    else if (this.#stream.writableLength > laggingBytes) this.#isLagging = true;
  }

  close(code: number, reason: string): void {
    this.flush();
    this.#webSocket.close(code, reason);
    // A peer that does not answer the closing handshake is cut off.
    setTimeout(() => this.#webSocket.terminate(), 2_000).unref();
  }

  #drained(): void {
    if (!this.#isLagging) return;
    this.#isLagging = false;
    this.events?.drained();
  }
}

/** Sockets with something queued, flushed together once a tick. */
let pending = new Set<WrittenSocket>();

function flushAll(): void {
  const sockets = pending;
  pending = new Set();
  for (const socket of sockets) socket.flush();
}
