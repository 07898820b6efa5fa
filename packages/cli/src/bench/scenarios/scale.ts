import { newCid } from '@parley/client';
import { ClosedLoop } from '../load/closed-loop.ts';
import { inTurns } from '../load/in-turns.ts';
import { pace } from '../load/pace.ts';
import { BenchedParley, greeting } from '../load/parley.ts';
import { Receiver } from '../load/receiver.ts';
import { parleyHeaders } from '../load/socket-io.ts';
import { affordable, numbersIn, pause, round, waitFor } from '../measuring.ts';
import type { Params, Scenario } from '../scenario.ts';

const text = 'x'.repeat(200);
const postTo = (stream: string): string =>
  JSON.stringify({ t: 'send', stream, cid: newCid(), command: { type: 'post', text } });

/** What must not grow with size. */
export const scale: Scenario = {
  name: 'scale',
  help: 'Rooms of 10 to 15,000 watching members, writes to rooms of as many, 1 to 100,000 conversations: cost of each',
  params: { members: '10,100,1000,5000,15000', deliveries: 40_000, conversations: '1,100,10000,100000', seconds: 6 },
  async run(params) {
    const microsecondsPerDelivery: Record<string, number> = {};
    const microsecondsPerWrite: Record<string, number> = {};
    for (const members of new Set(numbersIn(params['members']).map(affordable))) {
      const { perDelivery, perWrite } = await roomFigures(members, params);
      microsecondsPerDelivery[`members${members}`] = perDelivery;
      microsecondsPerWrite[`members${members}`] = perWrite;
    }
    const microsecondsPerWriteAmong: Record<string, number> = {};
    for (const conversations of numbersIn(params['conversations']))
      microsecondsPerWriteAmong[`conversations${conversations}`] = await conversationFigures(conversations, params);
    const spread = {
      delivery: spreadOf(microsecondsPerDelivery),
      writeByMembers: spreadOf(microsecondsPerWrite),
      writeByConversations: spreadOf(microsecondsPerWriteAmong),
    };
    return {
      parley: { microsecondsPerDelivery, microsecondsPerWrite, microsecondsPerWriteAmong },
      peers: {},
      ratio: { mostToLeast: spread },
      pass: spread.delivery <= 1.2 && spread.writeByMembers <= 1.2,
    };
  },
};

const spreadOf = (figures: Readonly<Record<string, number>>): number =>
  round(Math.max(...Object.values(figures)) / Math.min(...Object.values(figures)));

/** A room at so many deliveries a second, whatever its size; then writes to it while nobody watches. */
async function roomFigures(members: number, { deliveries, seconds }: Params) {
  const parley = await BenchedParley.start();
  const people = await parley.people(members);
  const room = await parley.conversation('scale', people);
  const receivers = people.map(() => new Receiver(false));
  await inTurns(receivers, (receiver, index) =>
    receiver.open(parley.server.url, '/ws', greeting(people[index]?.token ?? '', [room]), parleyHeaders),
  );
  const sender = new Receiver(false);
  await sender.open(parley.server.url, '/ws', greeting(people[0]?.token ?? '', []), parleyHeaders);
  await pause(1_000);
  const { seq } = await parley.admin.send(room, { type: 'post', text });
  const before = parley.server.cpuSeconds;
  const sent = await pace(Number(deliveries) / members, Number(seconds), () => sender.send(postTo(room)));
  await waitFor(() => receivers.every((receiver) => receiver.endsWith(`"seq":${seq + sent},`)), 60_000);
  const perDelivery = round(((parley.server.cpuSeconds - before) * 1e6) / (sent * members));
  for (const receiver of receivers) receiver.close();
  sender.close();
  await pause(500);
  const perWrite = await writeCost(
    parley,
    people.slice(0, 10).map(({ token }) => token),
    [room],
    Number(seconds),
  );
  await parley.stop();
  return { perDelivery, perWrite };
}

async function conversationFigures(conversations: number, { seconds }: Params): Promise<number> {
  const parley = await BenchedParley.start();
  const [writer] = await parley.people(1);
  if (writer === undefined) throw new Error('the server made no account');
  const rooms: string[] = [];
  await inTurns(Array.from({ length: conversations }), async (_, index) => {
    rooms[index] = await parley.conversation(`scale ${index}`, [writer]);
  });
  const tokens = Array.from({ length: 10 }, () => writer.token);
  const cost = await writeCost(parley, tokens, rooms, Number(seconds));
  await parley.stop();
  return cost;
}

/** CPU a write, in microseconds: ten senders in a closed loop. */
async function writeCost(
  parley: BenchedParley,
  tokens: readonly string[],
  rooms: readonly string[],
  seconds: number,
): Promise<number> {
  let turn = 0;
  const loops = tokens.map(
    (token) =>
      new ClosedLoop({
        url: parley.server.url,
        path: '/ws',
        headers: parleyHeaders,
        greet: greeting(token, []),
        window: 40,
        next: () => postTo(rooms[turn++ % rooms.length] ?? ''),
        mark: '{"t":"ack"',
      }),
  );
  await inTurns(loops, (loop) => loop.open());
  for (const loop of loops) loop.start();
  const counted = (): number => loops.reduce((sum, { acknowledged }) => sum + acknowledged, 0);
  await pause(1_500);
  const before = { acknowledged: counted(), cpuSeconds: parley.server.cpuSeconds };
  await pause(seconds * 1_000);
  const writes = counted() - before.acknowledged;
  const cost = ((parley.server.cpuSeconds - before.cpuSeconds) * 1e6) / writes;
  for (const loop of loops) loop.stop();
  await waitFor(() => loops.every(({ pending }) => pending === 0), 5_000);
  for (const loop of loops) loop.close();
  return round(cost);
}
