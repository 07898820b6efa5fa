import { randomBytes } from 'node:crypto';
import { connect, type Socket } from 'node:net';
import type { ClientFrame, StreamId } from '@parley/client';

const sockets = 6;
/** Each asks for the stream again so often: 600 KB every time, on average. Kept for them, it would be 36 MB a second. */
const askEveryMs = 100;
const reconnectMs = 1_000;

/** Posts of the stream that stalled readers ask for, and their length in characters of two bytes. */
export const heavyPosts = { count: 80, length: 7_500 } as const;
/** From one place to the next, for those who do not stay at one. */
const stride = 7;
/** The one place: 600 KB follow it. */
const onePlace = heavyPosts.count / 2;

/** Clients that ask for a large stream over and over and never read a byte of it: what they cost the server must stay bounded (P6). */
export class StalledReaders {
  readonly #url: URL;
  readonly #token: string;
  readonly #stream: StreamId;
  readonly #isSpread: boolean;
  readonly #sockets = new Set<Socket>();
  #isRunning = true;

  /**
   * @param isSpread whether they ask from another place each time. Who asks a node from the place of others shares their bytes, and
   *   hides what each would cost; but a store in another process would be read anew for each place, and the run would measure that
   */
  constructor(url: string, token: string, stream: StreamId, isSpread: boolean) {
    this.#url = new URL(url);
    this.#token = token;
    this.#stream = stream;
    this.#isSpread = isSpread;
    for (let index = 0; index < sockets; index++) this.#open(index);
  }

  stop(): void {
    this.#isRunning = false;
    for (const socket of this.#sockets) socket.destroy();
  }

  #open(index: number): void {
    if (!this.#isRunning) return;
    const { hostname, port } = this.#url;
    const socket = connect(Number(port), hostname);
    this.#sockets.add(socket);
    let asking: NodeJS.Timeout | undefined;
    socket.on('error', () => socket.destroy());
    socket.on('close', () => {
      clearInterval(asking);
      this.#sockets.delete(socket);
      setTimeout(() => this.#open(index), reconnectMs);
    });
    socket.write(handshake(this.#url));
    socket.once('data', () => {
      socket.pause();
      socket.write(frameOf({ t: 'hello', token: this.#token }));
      // Apart from the others too.
      let id = index * Math.floor(heavyPosts.count / sockets);
      asking = setInterval(() => {
        // A server that reads no more from a client that does not read itself is within its rights.
        if (socket.writableNeedDrain) return;
        id++;
        const after = this.#isSpread ? (id * stride) % heavyPosts.count : onePlace;
        socket.write(frameOf({ t: 'watch', id, streams: [{ stream: this.#stream, level: 'full', after }] }));
      }, askEveryMs);
    });
  }
}

const handshake = ({ hostname, port }: URL): string =>
  [
    'GET /ws HTTP/1.1',
    `Host: ${hostname}:${port}`,
    'Connection: Upgrade',
    'Upgrade: websocket',
    'Sec-WebSocket-Version: 13',
    'Sec-WebSocket-Protocol: parley.v1',
    `Sec-WebSocket-Key: ${randomBytes(16).toString('base64')}`,
    '\r\n',
  ].join('\r\n');

/** One masked text frame (RFC 6455, section 5.2), shorter than 64 KiB. */
function frameOf(frame: ClientFrame): Buffer {
  const payload = Buffer.from(JSON.stringify(frame));
  const mask = randomBytes(4);
  const header =
    payload.length < 126
      ? Buffer.from([0x81, 0x80 | payload.length])
      : Buffer.from([0x81, 0x80 | 126, payload.length >> 8, payload.length & 0xff]);
  const masked = payload.map((byte, index) => byte ^ (mask[index % 4] ?? 0));
  return Buffer.concat([header, mask, masked]);
}
