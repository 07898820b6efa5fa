/** The peer: Socket.IO's chat room with its Redis adapter, as a server of several nodes has it. */
import { createServer } from 'node:http';
import { createAdapter } from '@socket.io/redis-adapter';
import { createClient } from 'redis';
import { Server } from 'socket.io';

const url = process.env['PEER_REDIS'] ?? 'redis://127.0.0.1:16379';
const publisher = createClient({ url });
const subscriber = publisher.duplicate();
await Promise.all([publisher.connect(), subscriber.connect()]);
const key = `parley-bench-${process.pid}`;
const http = createServer();
const io = new Server(http, { transports: ['websocket'], serveClient: false });
io.adapter(createAdapter(publisher, subscriber, { key }));
io.on('connection', (socket) => {
  void socket.join('room');
  let seq = 0;
  socket.on('post', (text: string) => {
    seq++;
    io.to('room').emit('posted', { text, at: Date.now(), author: socket.id, seq });
  });
});
http.listen(0, '127.0.0.1', () => {
  const address = http.address();
  if (typeof address === 'object' && address !== null) process.stdout.write(`http://127.0.0.1:${address.port}\n`);
});
process.once('SIGTERM', () => process.exit(0));
