/** The peer: a Socket.IO chat that keeps each message in SQLite as durably as Parley does before it acknowledges, and tells the room. */

import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { Server } from 'socket.io';

const folder = mkdtempSync(join(tmpdir(), 'parley-peer-'));
const database = new DatabaseSync(join(folder, 'chat.db'));
database.exec(
  'PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; CREATE TABLE message (room TEXT, seq INTEGER, author TEXT, cid TEXT, text TEXT, at INTEGER, PRIMARY KEY (room, seq)) WITHOUT ROWID; CREATE UNIQUE INDEX once ON message (room, author, cid)',
);
const insert = database.prepare(
  'INSERT INTO message SELECT ?, coalesce(max(seq), 0) + 1, ?, ?, ?, ? FROM message WHERE room = ? RETURNING seq',
);

const http = createServer();
const io = new Server(http, { transports: ['websocket'], serveClient: false });
io.on('connection', (socket) => {
  void socket.join(String(socket.handshake.query['room']));
  socket.on('post', (room: string, cid: string, text: string, acknowledge?: (answer: unknown) => void) => {
    const at = Date.now();
    const row = insert.get(room, socket.id, cid, text, at, room);
    const seq = Number(row?.['seq']);
    io.to(room).emit('posted', { room, seq, author: socket.id, cid, text, at });
    acknowledge?.({ ack: seq });
  });
});
http.listen(0, '127.0.0.1', () => {
  const address = http.address();
  if (typeof address === 'object' && address !== null) process.stdout.write(`http://127.0.0.1:${address.port}\n`);
});
process.once('SIGTERM', () => {
  rmSync(folder, { recursive: true, force: true });
  process.exit(0);
});
