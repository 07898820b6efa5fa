import { BenchedParley } from '../load/parley.ts';
import { affordable, numbersIn, round } from '../measuring.ts';
import type { Scenario } from '../scenario.ts';
import { conversationFigures } from './scale/conversations.ts';
import { type RoomFigures, roomFigures } from './scale/rooms.ts';

/** What must not grow with size. */
export const scale: Scenario = {
  name: 'scale',
  help: 'Rooms of 10 to 15,000 watching members, 1, 2 and 4 gateways, 1 to 100,000 conversations: cost of a delivery and of a write',
  params: {
    members: '10,100,1000,15000',
    sockets: 15_000,
    gateways: '1,2,4',
    gatewaySockets: 2_000,
    perSecond: 2,
    conversations: '1,100,10000,100000',
    seconds: 8,
  },
  async run(params) {
    const sockets = affordable(Number(params['sockets']));
    const sizes = [...new Set(numbersIn(params['members']).map((members) => Math.min(members, sockets)))];
    const rooms: RoomFigures[] = [];
    // A server of its own for each: what the one before leaves in memory slows the next, the largest most.
    for (const members of sizes)
      rooms.push(await servedBy([], (parley) => roomFigures(parley, members, sockets, params)));
    const byGateways: Record<string, number> = {};
    const few = Math.min(sockets, Number(params['gatewaySockets']));
    for (const gateways of numbersIn(params['gateways'])) {
      const { perDelivery } = await servedBy(workers(gateways), (parley) =>
        roomFigures(parley, Math.min(few, 1_000), few, { ...params, perSecond: 5 }),
      );
      byGateways[`gateways${gateways}`] = perDelivery;
    }
    const byConversations: Record<string, number> = {};
    for (const conversations of numbersIn(params['conversations']))
      byConversations[`conversations${conversations}`] = await conversationFigures(
        conversations,
        Number(params['seconds']),
      );
    const microsecondsPerDelivery = byMembers(rooms, ({ perDelivery }) => perDelivery);
    const userMicrosecondsPerDelivery = byMembers(rooms, ({ userPerDelivery }) => userPerDelivery);
    const microsecondsPerWrite = byMembers(rooms, ({ perWrite }) => perWrite);
    const spread = {
      delivery: spreadOf(microsecondsPerDelivery),
      userOfDelivery: spreadOf(userMicrosecondsPerDelivery),
      deliveryByGateways: spreadOf(byGateways),
      writeByMembers: spreadOf(microsecondsPerWrite),
      writeByConversations: spreadOf(byConversations),
    };
    const isComplete = rooms.every((figures) => figures.isComplete);
    return {
      parley: {
        microsecondsPerDelivery,
        userMicrosecondsPerDelivery,
        microsecondsPerDeliveryBy: byGateways,
        microsecondsPerWrite,
        microsecondsPerWriteAmong: byConversations,
        isComplete,
      },
      peers: {},
      ratio: { mostToLeast: spread },
      pass: isComplete && spread.delivery <= 1.2 && spread.writeByMembers <= 1.2,
    };
  },
};

/** One gateway is the server as it is; several are processes beside the one that orders and stores. */
const workers = (gateways: number): readonly string[] => (gateways === 1 ? [] : ['--workers', String(gateways)]);

async function servedBy<Value>(
  args: readonly string[],
  act: (parley: BenchedParley) => Promise<Value>,
): Promise<Value> {
  const parley = await BenchedParley.start(args);
  try {
    return await act(parley);
  } finally {
    await parley.stop();
  }
}

const byMembers = (
  rooms: readonly RoomFigures[],
  figure: (room: RoomFigures) => number,
): Readonly<Record<string, number>> =>
  Object.fromEntries(rooms.map((room) => [`members${room.members}`, figure(room)]));

/** Most to least. `NaN`, which meets no target, where a figure is not above nothing: then the run was too short to tell. */
const spreadOf = (figures: Readonly<Record<string, number>>): number => {
  const all = Object.values(figures);
  return all.every((figure) => figure > 0) ? round(Math.max(...all) / Math.min(...all)) : Number.NaN;
};
