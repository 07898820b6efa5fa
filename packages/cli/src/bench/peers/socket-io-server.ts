/**
 * The peer: Socket.IO as its documentation sets a chat room up, WebSocket only. By the environment: per-message deflate,
 * connection state recovery (for its adapter in memory, the one that needs no engine).
 */
import { createServer } from 'node:http';
import { Server } from 'socket.io';

const http = createServer();
const io = new Server(http, {
  transports: ['websocket'],
  serveClient: false,
  maxHttpBufferSize: 1e6,
  // Its default threshold of 1 KiB would leave every chat message as it is.
  perMessageDeflate: process.env['PEER_DEFLATE'] === 'yes' ? { threshold: 0 } : false,
  ...(process.env['PEER_RECOVERY'] === 'yes' ? { connectionStateRecovery: {} } : {}),
});
io.on('connection', (socket) => {
  const rooms = Number(socket.handshake.query['rooms'] ?? 1);
  void socket.join(rooms === 1 ? 'room' : Array.from({ length: rooms }, (_, room) => `room-${room}`));
  let seq = 0;
  socket.on('post', (text: string, acknowledge?: (seq: number) => void) => {
    seq++;
    io.to('room').emit('posted', { text, at: Date.now(), author: socket.id, seq });
    acknowledge?.(seq);
  });
});
http.listen(Number(process.env['PEER_PORT'] ?? 0), '127.0.0.1', () => {
  const address = http.address();
  if (typeof address === 'object' && address !== null) process.stdout.write(`http://127.0.0.1:${address.port}\n`);
});
process.once('SIGTERM', () => process.exit(0));
