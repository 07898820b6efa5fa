import { randomBytes } from 'node:crypto';
import { connect, type Socket } from 'node:net';
import type { ClientFrame, StreamId } from '@parley/client';

/** A client that watches a busy room and never reads a byte of it: what it costs the server must stay bounded (P6). */
export class StalledReader {
  #socket: Socket | undefined;

  /** Connects, or fails in silence: without a server there is nothing to burden. */
  start(url: string, token: string, stream: StreamId): void {
    const { hostname, port } = new URL(url);
    const socket = connect(Number(port), hostname);
    this.#socket = socket;
    socket.on('error', () => socket.destroy());
    socket.write(
      [
        'GET /ws HTTP/1.1',
        `Host: ${hostname}:${port}`,
        'Connection: Upgrade',
        'Upgrade: websocket',
        'Sec-WebSocket-Version: 13',
        'Sec-WebSocket-Protocol: parley.v1',
        `Sec-WebSocket-Key: ${randomBytes(16).toString('base64')}`,
        '\r\n',
      ].join('\r\n'),
    );
    socket.once('data', () => {
      socket.write(frameOf({ t: 'hello', token }));
      socket.write(frameOf({ t: 'watch', id: 1, streams: [{ stream, level: 'full', after: 0 }] }));
      socket.pause();
    });
  }

  stop(): void {
    this.#socket?.destroy();
  }
}

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
