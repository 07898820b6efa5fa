/** The peer: Socket.IO as its documentation sets a chat room up, WebSocket only, without per-message deflate (its default). */
import { createServer } from 'node:http';
import { Server } from 'socket.io';

const http = createServer();
const io = new Server(http, { transports: ['websocket'], serveClient: false, maxHttpBufferSize: 1e6 });
io.on('connection', (socket) => {
  void socket.join('room');
  let seq = 0;
  socket.on('post', (text: string, acknowledge?: (seq: number) => void) => {
    seq++;
    io.to('room').emit('posted', { text, at: Date.now(), author: socket.id, seq });
    acknowledge?.(seq);
  });
});
http.listen(0, '127.0.0.1', () => {
  const address = http.address();
  if (typeof address === 'object' && address !== null) process.stdout.write(`http://127.0.0.1:${address.port}\n`);
});
process.once('SIGTERM', () => process.exit(0));
