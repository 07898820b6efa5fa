import { Follower } from '../load/follower.ts';
import { inTurns } from '../load/in-turns.ts';
import { BenchedParley } from '../load/parley.ts';
import { peer } from '../load/peer.ts';
import { RawSocket } from '../load/raw-socket.ts';
import { socketIoGreeting, socketIoPath } from '../load/socket-io.ts';
import { affordable, pause, round, waitFor } from '../measuring.ts';
import type { Params, Scenario } from '../scenario.ts';

const patienceMs = 120_000;

/** Everybody comes back at once. */
export const storm: Scenario = {
  name: 'storm',
  help: 'The server under 5,000 sessions killed while messages are sent, and started again: until all are caught up',
  params: { sessions: 5_000, rooms: 20 },
  async run(params) {
    const parley = await parleyFigures(params);
    const socketIo = await socketIoFigures(params);
    return {
      parley,
      peers: { socketIo },
      ratio: { socketIoSecondsToParley: round(socketIo.backAfterSeconds / parley.caughtUpAfterSeconds) },
      pass: parley.caughtUpAfterSeconds <= 10 && parley.gaps === 0 && parley.sessionsCaughtUp === parley.sessions,
    };
  },
};

async function parleyFigures(params: Params) {
  const sessions = affordable(Number(params['sessions']));
  const parley = await BenchedParley.start();
  const people = await parley.people(sessions);
  const rooms: Awaited<ReturnType<BenchedParley['conversation']>>[] = [];
  for (let index = 0; index < Number(params['rooms']); index++)
    rooms.push(await parley.conversation(`room ${index}`, []));
  const followers = people.map(
    ({ token }, index) => new Follower(parley.server.url, token, rooms[index % rooms.length] ?? '', 1),
  );
  await inTurns(followers, (follower) => follower.open());
  const heads = rooms.map(() => 1);
  /** A message to each room; sent again by the SDK until it is acknowledged. */
  const post = (): Promise<unknown> =>
    Promise.all(
      rooms.map(async (room, index) => {
        const { seq } = await parley.admin.send(room, { type: 'post', text: 'x'.repeat(200) });
        heads[index] = Math.max(heads[index] ?? 0, seq);
      }),
    );
  const isLevel = (follower: Follower, index: number): boolean => follower.seq >= (heads[index % rooms.length] ?? 0);
  for (let index = 0; index < 5; index++) await post();
  await waitFor(() => followers.every(isLevel), patienceMs);

  // On its way while the server dies: some of it stored without an answer, some lost and sent again.
  const underWay = [post(), post(), post()];
  const killedAt = performance.now();
  await parley.killAndRestart();
  const restartedAfter = performance.now() - killedAt;
  await Promise.all(underWay);
  await post();
  await waitFor(() => followers.every(isLevel), patienceMs);
  const caughtUpAfter = performance.now() - killedAt;
  const figures = {
    sessions,
    serverBackAfterSeconds: round(restartedAfter / 1_000),
    caughtUpAfterSeconds: round(caughtUpAfter / 1_000),
    sessionsCaughtUp: followers.filter(isLevel).length,
    gaps: followers.reduce((sum, { gaps }) => sum + gaps, 0),
  };
  for (const follower of followers) follower.close();
  await parley.stop();
  return figures;
}

/** The same for Socket.IO: until all are connected again. Its recovery in memory does not outlive the process, so what was missed is lost. */
async function socketIoFigures(params: Params) {
  const sessions = affordable(Number(params['sessions']));
  const env = { PEER_RECOVERY: 'yes' };
  let server = await peer('socket-io-server', env);
  const { url } = server;
  let connected = 0;
  const run = { isOver: false };
  const sockets: RawSocket[] = [];
  const open = async (index: number): Promise<void> => {
    const socket = await RawSocket.open({ url, path: socketIoPath(), onData: () => undefined });
    sockets[index] = socket;
    for (const text of socketIoGreeting) socket.send(text);
    connected++;
    void socket.isClosed.then(async () => {
      connected--;
      for (let wait = 500; !run.isOver; wait = Math.min(wait * 2, 4_000)) {
        await pause(Math.random() * wait);
        const isBack = await open(index).then(
          () => true,
          () => false,
        );
        if (isBack) return;
      }
    });
  };
  await inTurns(Array.from({ length: sessions }), (_, index) => open(index));
  const killedAt = performance.now();
  await server.stop('SIGKILL');
  await waitFor(() => connected === 0, patienceMs);
  server = await peer('socket-io-server', { ...env, PEER_PORT: new URL(url).port });
  await waitFor(() => connected === sessions, patienceMs);
  const backAfterSeconds = round((performance.now() - killedAt) / 1_000);
  const sessionsBack = connected;
  run.isOver = true;
  for (const socket of sockets) socket.close();
  await server.stop();
  return { sessions, backAfterSeconds, sessionsBack };
}
