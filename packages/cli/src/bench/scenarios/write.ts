import { newCid } from '@parley/client';
import { percentile } from '../../replay/report.ts';
import { ClosedLoop } from '../load/closed-loop.ts';
import { enterRoom, groupMessage, startEjabberd, xmppSignIn } from '../load/ejabberd.ts';
import { withEncryption } from '../load/encrypted.ts';
import { inTurns } from '../load/in-turns.ts';
import { BenchedParley, greeting } from '../load/parley.ts';
import { peer } from '../load/peer.ts';
import { ejabberd, unlessMissing } from '../load/room-peers.ts';
import type { ServerProcess } from '../load/server-process.ts';
import { pause, round } from '../measuring.ts';
import type { Scenario } from '../scenario.ts';

interface Figures {
  readonly acknowledgedPerSecond: number;
  readonly acknowledgedPerCpuSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
}

const text = 'x'.repeat(200);

/** Durable writes to many small conversations, as fast as they are acknowledged. */
export const write: Scenario = {
  name: 'write',
  help: '2,000 conversations of 5 members, exactly-once, closed loop: acknowledged messages a second and a core',
  params: { conversations: 2_000, senders: 100, window: 6, seconds: 10, beside: 'all', encrypted: 'no' },
  async run(params) {
    if (params['encrypted'] !== 'no')
      return withEncryption(params['encrypted'], async (args) => {
        const figures = await parleyFigures(params, args);
        return { figures, cost: 1 / figures.acknowledgedPerCpuSecond };
      });
    const parley = await parleyFigures(params);
    const peers: Record<string, Figures | string> = {};
    // Comparing two versions of Parley with each other takes many short runs, without peers.
    const wants = (name: string): boolean => ['all', name].includes(String(params['beside']));
    if (wants('socketIoSqlite')) peers['socketIoSqlite'] = await socketIoFigures(params);
    if (wants('ejabberdArchive')) peers['ejabberdArchive'] = await unlessMissing(() => ejabberdFigures(params));
    const ratio: Record<string, number> = {};
    for (const [name, figures] of Object.entries(peers)) {
      if (typeof figures === 'string') continue;
      ratio[`${name}_perCpuSecond`] = round(parley.acknowledgedPerCpuSecond / figures.acknowledgedPerCpuSecond);
      ratio[`${name}_perSecond`] = round(parley.acknowledgedPerSecond / figures.acknowledgedPerSecond);
    }
    const isAhead = Object.entries(ratio).every(([name, value]) => !name.endsWith('_perCpuSecond') || value >= 3);
    return { parley, peers, ratio, pass: isFastEnough(parley) && isAhead };
  },
};

const isFastEnough = ({ acknowledgedPerCpuSecond, p99Ms }: Figures): boolean =>
  acknowledgedPerCpuSecond >= 10_000 && p99Ms <= 100;

async function parleyFigures(
  { conversations, senders, window, seconds }: Scenario['params'],
  args: readonly string[] = [],
): Promise<Figures> {
  const parley = await BenchedParley.start(args);
  const people = await parley.people(Number(senders));
  const rooms: string[] = [];
  // Everybody is in as many conversations as it takes to give each five members.
  const ids = Array.from({ length: Number(conversations) }, (_, index) =>
    Array.from({ length: 4 }, (__, member) => (index + member * 7) % people.length),
  );
  await inTurns(ids, async (members, index) => {
    rooms[index] = await parley.conversation(
      `bench ${index}`,
      [...new Set(members)].flatMap((member) => people[member] ?? []),
      'group',
    );
  });
  const loops = people.map(({ token }, person) => {
    const mine = rooms.filter((_, index) => ids[index]?.includes(person));
    let turn = 0;
    return new ClosedLoop({
      url: parley.server.url,
      path: '/ws',
      headers: { 'Sec-WebSocket-Protocol': 'parley.v1' },
      // Each person has one conversation on the screen.
      greet: greeting(token, mine.slice(0, 1)),
      window: Number(window),
      next: () =>
        JSON.stringify({
          t: 'send',
          stream: mine[turn++ % mine.length],
          cid: newCid(),
          mode: 'exactly-once',
          command: { type: 'post', text },
        }),
      mark: '{"t":"ack"',
    });
  });
  const figures = await measure(loops, parley.server, Number(seconds));
  await parley.stop();
  return figures;
}

async function socketIoFigures({ conversations, senders, window, seconds }: Scenario['params']): Promise<Figures> {
  const server = await peer('socket-io-sqlite-server');
  const loops = Array.from({ length: Number(senders) }, (_, person) => {
    let turn = 0;
    const rooms = roomsOf(person, Number(conversations), Number(senders));
    return new ClosedLoop({
      url: server.url,
      path: `/socket.io/?EIO=4&transport=websocket&room=room-${rooms[0]}`,
      greet: ['40'],
      window: Number(window),
      next: () =>
        `42${turn}["post",${JSON.stringify(`room-${rooms[turn++ % rooms.length]}`)},${JSON.stringify(newCid())},${JSON.stringify(text)}]`,
      mark: '[{"ack":',
    });
  });
  const figures = await measure(loops, server, Number(seconds));
  await server.stop();
  return figures;
}

/** A message is acknowledged when the room has echoed it: what is kept of it then is the archive's affair. */
async function ejabberdFigures({ conversations, senders, window, seconds }: Scenario['params']): Promise<Figures> {
  const server = await startEjabberd(true);
  const loops = Array.from({ length: Number(senders) }, (_, person) => {
    let turn = 0;
    const rooms = roomsOf(person, Number(conversations), Number(senders));
    return new ClosedLoop({
      url: server.url,
      path: ejabberd.path,
      headers: ejabberd.headers ?? {},
      // Everybody is in all of their rooms: this protocol has no other way to post there.
      greet: [...xmppSignIn, ...rooms.map((room) => enterRoom(person, room))],
      window: Number(window),
      next: () => groupMessage(rooms[turn++ % rooms.length] ?? 0, `${text} by-${person}-`, turn),
      mark: ` by-${person}-</body>`,
    });
  });
  const figures = await measure(loops, server, Number(seconds), 5_000 + Number(conversations) * 5);
  await server.stop('SIGKILL');
  return figures;
}

/** The conversations that a person is in: each has four senders. */
const roomsOf = (person: number, conversations: number, senders: number): number[] =>
  Array.from({ length: conversations }, (_, index) => index).filter((index) =>
    [0, 7, 14, 21].some((step) => (index + step) % senders === person),
  );

async function measure(
  loops: readonly ClosedLoop[],
  server: ServerProcess,
  seconds: number,
  enterMs = 500,
): Promise<Figures> {
  await inTurns(loops, (loop) => loop.open());
  // The last greetings are still being answered.
  await pause(enterMs);
  for (const loop of loops) loop.start();
  await pause(2_000);
  const counted = (): number => loops.reduce((sum, loop) => sum + loop.acknowledged, 0);
  for (const loop of loops) loop.latenciesMs.length = 0;
  const before = { acknowledged: counted(), cpuSeconds: server.cpuSeconds, at: performance.now() };
  await pause(seconds * 1_000);
  const acknowledged = counted() - before.acknowledged;
  const cpuSeconds = server.cpuSeconds - before.cpuSeconds;
  const elapsed = (performance.now() - before.at) / 1_000;
  for (const loop of loops) loop.stop();
  const latencies = loops.flatMap(({ latenciesMs }) => latenciesMs);
  for (const loop of loops) loop.close();
  return {
    acknowledgedPerSecond: Math.round(acknowledged / elapsed),
    acknowledgedPerCpuSecond: Math.round(acknowledged / cpuSeconds),
    p50Ms: percentile(latencies, 0.5),
    p99Ms: percentile(latencies, 0.99),
  };
}
