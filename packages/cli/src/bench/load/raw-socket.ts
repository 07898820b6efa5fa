import { randomBytes } from 'node:crypto';
import { connect, type Socket } from 'node:net';

export interface RawSocketOptions {
  readonly url: string;
  /** Path and query of the WebSocket. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Raw bytes after the handshake: frames, not parsed. */
  readonly onData: (chunk: Buffer) => void;
}

/**
 * A WebSocket client that costs next to nothing: it writes text frames and hands over what comes unparsed. A real
 * client in the load generator would be measured instead of the server.
 */
export class RawSocket {
  readonly #socket: Socket;
  readonly isClosed: Promise<void>;

  private constructor(socket: Socket, onData: (chunk: Buffer) => void) {
    this.#socket = socket;
    socket.on('data', onData);
    this.isClosed = new Promise((resolve) => socket.once('close', () => resolve()));
  }

  /** Resolves after the handshake; rejects when the server refuses it. */
  static open({ url, path, headers = {}, onData }: RawSocketOptions): Promise<RawSocket> {
    const { hostname, port } = new URL(url);
    const socket = connect({ port: Number(port), host: hostname, noDelay: true });
    const lines = Object.entries({
      Host: `${hostname}:${port}`,
      Connection: 'Upgrade',
      Upgrade: 'websocket',
      'Sec-WebSocket-Version': '13',
      'Sec-WebSocket-Key': randomBytes(16).toString('base64'),
      ...headers,
    }).map(([name, value]) => `${name}: ${value}`);
    socket.write(`GET ${path} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n`);
    return new Promise((resolve, reject) => {
      socket.once('error', reject);
      socket.once('data', (chunk: Buffer) => {
        const end = chunk.indexOf('\r\n\r\n');
        const status = chunk.toString('latin1', 0, Math.max(0, chunk.indexOf('\r\n')));
        if (!status.includes(' 101 ') || end < 0) {
          reject(new Error(`the server answered the handshake with: ${status}`));
          socket.destroy();
          return;
        }
        socket.off('error', reject);
        socket.on('error', () => socket.destroy());
        const raw = new RawSocket(socket, onData);
        resolve(raw);
        if (chunk.length > end + 4) onData(chunk.subarray(end + 4));
      });
    });
  }

  get bytesRead(): number {
    return this.#socket.bytesRead;
  }

  /** Sends one text frame, masked with zeros: the server's work is the same. */
  send(text: string): void {
    const payload = Buffer.from(text);
    const header =
      payload.length < 126
        ? Buffer.from([0x81, 0x80 | payload.length, 0, 0, 0, 0])
        : Buffer.from([0x81, 0xfe, payload.length >> 8, payload.length & 0xff, 0, 0, 0, 0]);
    this.#socket.write(Buffer.concat([header, payload]));
  }

  close(): void {
    this.#socket.destroy();
  }
}
