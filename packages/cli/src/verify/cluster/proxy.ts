import { connect, createServer, type Server, type Socket } from 'node:net';

export type ProxyMode =
  | { readonly type: 'open' }
  /** Bytes vanish in both directions and new connections hang, as behind a broken switch. */
  | { readonly type: 'blackhole' }
  /** Connections are reset and new ones refused. */
  | { readonly type: 'cut' }
  /** Every chunk waits so long before it goes on. */
  | { readonly type: 'slow'; readonly delayMs: number };

/** Bytes kept for a blackhole's or a slow side; beyond it the sender is held back, as by a full window. */
const maxHeldBytes = 1024 * 1024;

/** Stands between two parties of one TCP port and breaks the line between them on demand. */
export class CuttingProxy {
  readonly #targets: () => readonly { readonly host: string; readonly port: number }[];
  readonly #sockets = new Set<Socket>();
  /** The target's port of each connection, by the client's side of it. */
  readonly #targetOf = new Map<Socket, number>();
  #server: Server | undefined;
  #mode: ProxyMode = { type: 'open' };
  #next = 0;

  /** @param targets where connections go, in turn; the first that answers */
  constructor(targets: () => readonly { readonly host: string; readonly port: number }[]) {
    this.#targets = targets;
  }

  async listen(port = 0): Promise<number> {
    const server = createServer({ pauseOnConnect: true }, (socket) => void this.#accept(socket));
    this.#server = server;
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(port, '127.0.0.1', resolve);
    });
    const address = server.address();
    if (typeof address !== 'object' || address === null) throw new Error('the proxy has no port');
    return address.port;
  }

  setMode(mode: ProxyMode): void {
    this.#mode = mode;
    if (mode.type === 'cut') for (const socket of this.#sockets) socket.resetAndDestroy();
    for (const socket of this.#sockets) socket.emit('parley-mode');
  }

  /** Resets every connection to one target. */
  drop(port: number): void {
    for (const [socket, target] of this.#targetOf) if (target === port) socket.resetAndDestroy();
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise<void>((resolve) =>
      this.#server === undefined ? resolve() : this.#server.close(() => resolve()),
    );
  }

  async #accept(client: Socket): Promise<void> {
    this.#keep(client);
    if (this.#mode.type === 'cut') {
      client.resetAndDestroy();
      return;
    }
    const server = await this.#connect();
    if (server === undefined || client.destroyed) {
      client.resetAndDestroy();
      server?.destroy();
      return;
    }
    this.#keep(server);
    this.#targetOf.set(client, server.remotePort ?? 0);
    client.on('close', () => this.#targetOf.delete(client));
    this.#pump(client, server);
    this.#pump(server, client);
    client.on('close', () => server.destroy());
    server.on('close', () => client.destroy());
    client.resume();
  }

  async #connect(): Promise<Socket | undefined> {
    const targets = this.#targets();
    for (let attempt = 0; attempt < targets.length; attempt++) {
      const target = targets[this.#next++ % targets.length];
      if (target === undefined) return undefined;
      const socket = connect({ ...target, noDelay: true });
      const isConnected = await new Promise<boolean>((resolve) => {
        socket.once('connect', () => resolve(true));
        socket.once('error', () => resolve(false));
      });
      if (isConnected) return socket;
    }
    return undefined;
  }

  /** One direction. Everything goes through one queue, so that a change of mode never turns bytes round. */
  #pump(from: Socket, to: Socket): void {
    const held: { readonly chunk: Buffer; readonly dueAt: number }[] = [];
    let heldBytes = 0;
    let timer: NodeJS.Timeout | undefined;
    const flush = (): void => {
      clearTimeout(timer);
      for (let next = held[0]; next !== undefined && this.#mode.type !== 'blackhole'; next = held[0]) {
        const wait = this.#mode.type === 'slow' ? next.dueAt - performance.now() : 0;
        if (wait > 0) {
          timer = setTimeout(flush, wait);
          break;
        }
        held.shift();
        heldBytes -= next.chunk.length;
        to.write(next.chunk);
      }
      if (heldBytes <= maxHeldBytes && !to.writableNeedDrain) from.resume();
    };
    from.on('parley-mode', flush);
    to.on('drain', flush);
    from.on('data', (chunk: Buffer) => {
      // Behind a blackhole bytes are held, not dropped: TCP sends again what was not acknowledged.
      held.push({ chunk, dueAt: performance.now() + (this.#mode.type === 'slow' ? this.#mode.delayMs : 0) });
      heldBytes += chunk.length;
      flush();
      if (heldBytes > maxHeldBytes || to.writableNeedDrain) from.pause();
    });
    from.on('end', () => to.end());
    from.on('close', () => clearTimeout(timer));
  }

  #keep(socket: Socket): void {
    this.#sockets.add(socket);
    socket.on('error', () => socket.destroy());
    socket.on('close', () => this.#sockets.delete(socket));
  }
}
