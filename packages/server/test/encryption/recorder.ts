import { connect, createServer, type Server, type Socket } from 'node:net';

/** Bytes kept of each direction: more than a test sends. */
const maxBytes = 64 * 1024 * 1024;

/** Stands between a node and an engine and keeps a copy of every byte. */
export class Recorder implements AsyncDisposable {
  readonly port: number;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  readonly #lines: Buffer[][] = [];
  bytes = 0;

  private constructor(server: Server, port: number, target: { readonly host: string; readonly port: number }) {
    this.#server = server;
    this.port = port;
    server.on('connection', (client: Socket) => {
      const engine = connect(target);
      this.#pipe(client, engine);
      this.#pipe(engine, client);
    });
  }

  static async before(host: string, port: number): Promise<Recorder> {
    const server = createServer();
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(0, '127.0.0.1', resolve);
    });
    const address = server.address();
    if (typeof address !== 'object' || address === null) throw new Error('the recorder has no port');
    return new Recorder(server, address.port, { host, port });
  }

  /** Whether the text passed, in UTF-8 or UTF-16, however it was cut into packets. */
  saw(text: string): boolean {
    const forms = [Buffer.from(text), Buffer.from(text, 'utf16le')];
    return this.#lines.some((line) => {
      const all = Buffer.concat(line);
      return forms.some((form) => all.includes(form));
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #pipe(from: Socket, to: Socket): void {
    const line: Buffer[] = [];
    this.#lines.push(line);
    this.#sockets.add(from);
    from.on('data', (chunk) => {
      this.bytes += chunk.length;
      if (this.bytes < maxBytes) line.push(chunk);
      to.write(chunk);
    });
    from.on('close', () => {
      this.#sockets.delete(from);
      to.destroy();
    });
    from.on('error', () => to.destroy());
  }
}
