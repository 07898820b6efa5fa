import type { ConversationId } from '@parley/client';
import { inTurns } from '../../load/in-turns.ts';
import { pace } from '../../load/pace.ts';
import { type BenchedParley, greeting, type Person } from '../../load/parley.ts';
import { Receiver } from '../../load/receiver.ts';
import { parleyHeaders } from '../../load/socket-io.ts';
import { pause, round, waitFor } from '../../measuring.ts';
import type { Params } from '../../scenario.ts';
import { postTo, writeCost } from './writes.ts';

const warmUpSeconds = 2;

export interface RoomFigures {
  readonly members: number;
  /** CPU in microseconds of one more member that watches: without what a message costs as such. */
  readonly perDelivery: number;
  /** What of it is not the kernel's. */
  readonly userPerDelivery: number;
  readonly perWrite: number;
  /** Whether everybody got everything. */
  readonly isComplete: boolean;
}

interface Sent {
  readonly sent: number;
  readonly cpuSeconds: number;
  readonly userCpuSeconds: number;
  readonly isComplete: boolean;
}

interface Room {
  readonly id: ConversationId;
  readonly watchers: readonly Person[];
  /** The seq of its newest event. */
  head: number;
}

/**
 * So many people in rooms of one size: many small ones or few large ones, at the same pace. So sockets, deliveries and what comes
 * together in one delivery are the same for every size. The pace is first kept with one member of each room watching, and that cost
 * taken off: it has all that is done once for a message.
 */
export async function roomFigures(
  parley: BenchedParley,
  members: number,
  sockets: number,
  { perSecond, seconds }: Params,
): Promise<RoomFigures> {
  const [writer, ...people] = await parley.people(sockets + 1);
  if (writer === undefined) throw new Error('the server made no account');
  const sender = new Receiver(false);
  await sender.open(parley.server.url, '/ws', greeting(writer.token, []), parleyHeaders);
  const rooms = await roomsOf(parley, members, writer, people);
  const [first] = rooms;
  if (first === undefined) throw new Error(`${sockets} people make no room of ${members}`);
  const receivers = new Map<Person, Receiver>();
  const open = (watchers: readonly { person: Person; room: Room }[]): Promise<void> =>
    inTurns(watchers, async ({ person, room }) => {
      const receiver = new Receiver(false);
      receivers.set(person, receiver);
      await receiver.open(parley.server.url, '/ws', greeting(person.token, [room.id]), parleyHeaders);
    });
  const isThere = ({ watchers, head }: Room): boolean =>
    watchers.every((person) => receivers.get(person)?.endsWith(`"seq":${head},`) ?? true);
  const send = async (forSeconds: number): Promise<Sent> => {
    const [before, userBefore] = [parley.server.cpuSeconds, parley.server.userCpuSeconds];
    const sent = await pace(rooms.length * Number(perSecond), forSeconds, (index) => {
      const room = rooms[index % rooms.length];
      if (room === undefined) return;
      sender.send(postTo(room.id));
      room.head++;
    });
    const isComplete = await waitFor(() => rooms.every(isThere), 30_000);
    const { cpuSeconds, userCpuSeconds } = parley.server;
    return { sent, cpuSeconds: cpuSeconds - before, userCpuSeconds: userCpuSeconds - userBefore, isComplete };
  };
  const measured = async (): Promise<Sent> => {
    await rest(parley);
    await send(warmUpSeconds);
    return send(Number(seconds));
  };

  await rest(parley);
  const perWrite = await writeCost(parley, [writer.token], [first.id], Number(seconds));
  // So that the newest seq is known again.
  first.head = (await parley.admin.send(first.id, { type: 'post', text: 'the last' })).seq;
  const watchers = rooms.map((room) => room.watchers.map((person) => ({ person, room })));
  await open(watchers.flatMap(([one]) => one ?? []));
  const byOne = await measured();
  await open(watchers.flatMap(([, ...others]) => others));
  const byAll = await measured();
  for (const receiver of receivers.values()) receiver.close();
  sender.close();
  const perDelivery = (cost: 'cpuSeconds' | 'userCpuSeconds'): number =>
    round(((byAll[cost] / byAll.sent - byOne[cost] / byOne.sent) * 1e6) / (members - 1));
  return {
    members,
    perDelivery: perDelivery('cpuSeconds'),
    userPerDelivery: perDelivery('userCpuSeconds'),
    perWrite,
    isComplete: byAll.isComplete,
  };
}

/** Until the server has done what thousands who come or go leave behind: it would be charged to what is measured next. */
async function rest({ server }: BenchedParley): Promise<void> {
  for (let look = 0; look < 60; look++) {
    const before = server.cpuSeconds;
    await pause(500);
    if (server.cpuSeconds - before < 0.03) return;
  }
}

async function roomsOf(
  parley: BenchedParley,
  members: number,
  writer: Person,
  people: readonly Person[],
): Promise<readonly Room[]> {
  const rooms: Room[] = [];
  await inTurns(Array.from({ length: Math.floor(people.length / members) }), async (_, index) => {
    const watchers = people.slice(index * members, (index + 1) * members);
    const id = await parley.conversation(`scale ${members} ${index}`, [writer, ...watchers]);
    // Made with a thousand members, then invited a thousand at a time.
    rooms[index] = { id, watchers, head: 1 + Math.ceil(Math.max(0, members + 1 - 1_000) / 1_000) };
  });
  return rooms;
}
