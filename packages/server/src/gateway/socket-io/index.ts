import { createServer, type IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { limits } from '@parley/protocol';
import type { Server, Socket } from 'socket.io';
import type { Connection } from '../connection.ts';
import { pingMs } from '../connection.ts';
import { type ClientSocket, maxReadBytes } from '../socket.ts';
import { SocketIoClient } from './client.ts';

/** Where official clients look for a server. */
export const socketIoPath = '/socket.io/';

export interface SocketIoOptions {
  /** Called for each new client, as for each WebSocket. */
  readonly accept: (socket: ClientSocket, request: IncomingMessage) => Connection;
}

export interface SocketIoEndpoint {
  /** Takes over an upgrade that may be let in. */
  readonly upgrade: (request: IncomingMessage, stream: Duplex, head: Buffer) => void;
  close(): void;
}

/**
 * Socket.IO beside the native socket, for its official clients. WebSockets only: long polling would need every request of a
 * client to find the same node. The library is loaded by the first client that comes.
 */
export function createSocketIo(options: SocketIoOptions): SocketIoEndpoint {
  let loading: Promise<Server> | undefined;
  return {
    upgrade(request, stream, head) {
      const ignore = (): void => undefined;
      stream.on('error', ignore);
      loading ??= load(options);
      loading.then(
        (io) => {
          stream.off('error', ignore);
          io.engine.handleUpgrade(request, stream, head);
        },
        () => stream.destroy(),
      );
    },
    close() {
      void loading?.then((io) => io.engine.close());
    },
  };
}

async function load({ accept }: SocketIoOptions): Promise<Server> {
  const { Server } = await import('socket.io');
  // Its own HTTP server listens nowhere: upgrades are handed over, and there is nothing else to serve.
  const io = new Server(createServer(), {
    path: socketIoPath,
    transports: ['websocket'],
    serveClient: false,
    maxHttpBufferSize: maxReadBytes,
    pingInterval: pingMs,
    connectTimeout: limits.helloTimeoutMs,
  });
  const clients = new WeakMap<Socket, SocketIoClient>();
  /** Connections with a client on them: a second one would be a sign-in that nobody counts. */
  const taken = new WeakSet<Socket['conn']>();
  io.use((socket, next) => {
    const { conn } = socket;
    if (taken.has(conn)) return next(new Error('One client a connection: set forceNew.'));
    taken.add(conn);
    const client = new SocketIoClient(socket);
    clients.set(socket, client);
    const connection = accept(client, socket.request);
    client.signIn(connection, (refusal) => {
      if (refusal !== undefined) connection.closed();
      next(refusal);
    });
  });
  io.on('connection', (socket) => clients.get(socket)?.connected());
  return io;
}
