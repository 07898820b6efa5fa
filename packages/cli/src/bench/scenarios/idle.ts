import { inTurns } from '../load/in-turns.ts';
import { BenchedParley, greeting } from '../load/parley.ts';
import { RawSocket } from '../load/raw-socket.ts';
import { chosenOf, type RoomPeer, roomPeers, socketIo, unlessMissing } from '../load/room-peers.ts';
import type { ServerProcess } from '../load/server-process.ts';
import { parleyHeaders, socketIoPath } from '../load/socket-io.ts';
import { affordable, pause, round } from '../measuring.ts';
import type { Scenario } from '../scenario.ts';

interface Figures {
  readonly sessions: number;
  readonly residentBytesPerSession: number;
  readonly residentMegabytes: number;
  readonly cpuMillisecondsPerSecond: number;
}

const targetBytes = 10 * 1_024;
/** What a process frees and gives back after so many handshakes, it has given back by then. */
const settleMs = 5_000;

/** Sessions that are open and silent: what they cost is memory. */
export const idle: Scenario = {
  name: 'idle',
  help: '10,000 signed-in sessions that watch 20 streams each: resident memory of the server a session',
  params: { sessions: 10_000, streams: 20, beside: 'all' },
  async run({ sessions, streams, beside }) {
    const count = affordable(Number(sessions));
    const parley = await parleyFigures(count, Number(streams));
    const peers: Record<string, Figures | string> = {};
    for (const peer of chosenOf(idlePeers, String(beside)))
      peers[peer.name] = await unlessMissing(() => peerFigures(peer, count, Number(streams)));
    const ratio: Record<string, number> = {};
    for (const [name, figures] of Object.entries(peers)) {
      if (typeof figures !== 'string')
        ratio[`${name}BytesToParley`] = round(figures.residentBytesPerSession / parley.residentBytesPerSession);
    }
    return {
      parley,
      peers,
      ratio,
      pass:
        count === Number(sessions) &&
        parley.residentBytesPerSession <= targetBytes &&
        (peers['socketIo'] === undefined || (ratio['socketIoBytesToParley'] ?? 0) >= 2),
    };
  },
};

/**
 * Those that know of rooms; the others are bare sockets. Not ejabberd, which tells everybody in a room of everybody who enters it: with ten
 * thousand in twenty rooms that had not ended after a quarter of an hour.
 */
const idlePeers = roomPeers.filter(({ name }) => ['socketIo', 'centrifugo', 'netty'].includes(name));

async function peerFigures(peer: RoomPeer, sessions: number, streams: number): Promise<Figures> {
  const server = await peer.start();
  const path = peer === socketIo ? socketIoPath(`&rooms=${streams}`) : peer.path;
  const figures = await measure(server, sessions, async (index) => ({
    socket: await RawSocket.open({
      url: server.url,
      path,
      ...(peer.headers === undefined ? {} : { headers: peer.headers }),
      onData: () => undefined,
    }),
    greet: peer.greet(index, streams),
  }));
  await server.stop('SIGKILL');
  return figures;
}

async function parleyFigures(sessions: number, streams: number): Promise<Figures> {
  const parley = await BenchedParley.start();
  const people = await parley.people(sessions);
  const rooms: string[] = [];
  for (let index = 0; index < streams; index++) rooms.push(await parley.conversation(`room ${index}`, []));
  const figures = await measure(parley.server, sessions, async (index) => ({
    socket: await RawSocket.open({
      url: parley.server.url,
      path: '/ws',
      headers: parleyHeaders,
      onData: () => undefined,
    }),
    greet: greeting(people[index]?.token ?? '', rooms),
  }));
  await parley.stop();
  return figures;
}

async function measure(
  server: ServerProcess,
  sessions: number,
  open: (index: number) => Promise<{ readonly socket: RawSocket; readonly greet: readonly string[] }>,
): Promise<Figures> {
  await pause(settleMs);
  const before = server.residentBytes;
  const sockets: RawSocket[] = [];
  await inTurns(Array.from({ length: sessions }), async (_, index) => {
    const { socket, greet } = await open(index);
    sockets.push(socket);
    for (const text of greet) socket.send(text);
  });
  await pause(settleMs);
  const resident = server.residentBytes;
  const cpuBefore = server.cpuSeconds;
  await pause(settleMs);
  const cpuSeconds = server.cpuSeconds - cpuBefore;
  for (const socket of sockets) socket.close();
  return {
    sessions,
    residentBytesPerSession: Math.round((resident - before) / sessions),
    residentMegabytes: Math.round(resident / 1e6),
    cpuMillisecondsPerSecond: round((cpuSeconds * 1e6) / settleMs),
  };
}
