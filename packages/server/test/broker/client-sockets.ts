import { subscribe } from 'node:diagnostics_channel';
import type { Socket } from 'node:net';

/**
 * Cuts this process's connections to a port. A proxy would not do for an engine that tells its clients its own addresses,
 * since they go around it from then on.
 */
export class ClientSockets {
  readonly #sockets = new Set<Socket>();
  readonly #port: number;

  /** Watches from now on. */
  constructor(port: number) {
    this.#port = port;
    subscribe('net.client.socket', (message) => {
      const { socket } = message as { readonly socket: Socket };
      this.#sockets.add(socket);
      socket.once('close', () => this.#sockets.delete(socket));
    });
  }

  /** Every open connection to the port ends as one does that the other side resets. */
  cut(): void {
    for (const socket of this.#sockets) {
      if (socket.remotePort === this.#port)
        socket.destroy(Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' }));
    }
  }
}
