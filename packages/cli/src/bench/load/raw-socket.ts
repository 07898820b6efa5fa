import { randomBytes } from 'node:crypto';
import { connect, type Socket } from 'node:net';

export interface RawSocketOptions {
  readonly url: string;
  /** Path and query of the WebSocket. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Raw bytes after the handshake: frames, not parsed. They are only there during the call. */
  readonly onData: (chunk: Buffer) => void;
}

/** One for all sockets: what is read is looked at before the next read, and 64 KiB for each would be collected as garbage. */
const received = Buffer.allocUnsafe(64 * 1024);

/**
 * A WebSocket client that costs next to nothing: it writes text frames and hands over what comes unparsed. A real
 * client in the load generator would be measured instead of the server.
 */
export class RawSocket {
  readonly #socket: Socket;
  readonly isClosed: Promise<void>;

  private constructor(socket: Socket) {
    this.#socket = socket;
    this.isClosed = new Promise((resolve) => socket.once('close', () => resolve()));
  }

  /** Resolves after the handshake; rejects when the server refuses it. */
  static open({ url, path, headers = {}, onData }: RawSocketOptions): Promise<RawSocket> {
    const { hostname, port } = new URL(url);
    return new Promise((resolve, reject) => {
      let greeted: Buffer | undefined = Buffer.alloc(0);
      const take = (chunk: Buffer): void => {
        if (greeted === undefined) return onData(chunk);
        greeted = Buffer.concat([greeted, chunk]);
        const end = greeted.indexOf('\r\n\r\n');
        if (end < 0) return;
        const status = greeted.toString('latin1', 0, greeted.indexOf('\r\n'));
        if (!status.includes(' 101 ')) {
          reject(new Error(`the server answered the handshake with: ${status}`));
          socket.destroy();
          return;
        }
        const rest = greeted.subarray(end + 4);
        greeted = undefined;
        resolve(new RawSocket(socket));
        if (rest.length > 0) onData(rest);
      };
      const socket = connect({
        port: Number(port),
        host: hostname,
        noDelay: true,
        onread: {
          buffer: received,
          callback: (length) => {
            take(received.subarray(0, length));
            return true;
          },
        },
      });
      socket.on('error', (error) => {
        reject(error);
        socket.destroy();
      });
      socket.on('close', () => reject(new Error('the server closed the connection during the handshake')));
      socket.write(handshakeOf(`${hostname}:${port}`, path, headers));
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

function handshakeOf(host: string, path: string, headers: Readonly<Record<string, string>>): string {
  const lines = Object.entries({
    Host: host,
    Connection: 'Upgrade',
    Upgrade: 'websocket',
    'Sec-WebSocket-Version': '13',
    'Sec-WebSocket-Key': randomBytes(16).toString('base64'),
    ...headers,
  }).map(([name, value]) => `${name}: ${value}`);
  return `GET ${path} HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n`;
}
