/** The floor: `ws` does the handshake, each message is framed once and the same bytes are written to every socket. No chat at all. */
import { createServer } from 'node:http';
import type { Socket } from 'node:net';
import { WebSocketServer } from 'ws';

const http = createServer();
const handshake = new WebSocketServer({ noServer: true, perMessageDeflate: false, clientTracking: false });
const sockets = new Set<Socket>();
let seq = 0;
http.on('upgrade', (request, stream, head) => {
  handshake.handleUpgrade(request, stream, head, (webSocket) => {
    const socket = stream as Socket;
    socket.setNoDelay(true);
    sockets.add(socket);
    webSocket.on('close', () => sockets.delete(socket));
    webSocket.on('error', () => undefined);
    webSocket.on('message', (data) => {
      const payload = Buffer.from(JSON.stringify({ text: String(data), at: Date.now(), seq: ++seq }));
      const frame = Buffer.concat([
        payload.length < 126
          ? Buffer.from([0x81, payload.length])
          : Buffer.from([0x81, 126, payload.length >> 8, payload.length & 0xff]),
        payload,
      ]);
      for (const each of sockets) each.write(frame);
    });
  });
});
http.listen(0, '127.0.0.1', () => {
  const address = http.address();
  if (typeof address === 'object' && address !== null) process.stdout.write(`http://127.0.0.1:${address.port}\n`);
});
process.once('SIGTERM', () => process.exit(0));
