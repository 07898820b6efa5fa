import { newCid } from '@parley/client';
import { percentile } from '../../replay/report.ts';
import { withEncryption } from '../load/encrypted.ts';
import { inTurns } from '../load/in-turns.ts';
import { pace } from '../load/pace.ts';
import { BenchedParley, greeting } from '../load/parley.ts';
import { Receiver, stampOf } from '../load/receiver.ts';
import { chosenOf, type RoomPeer, roomPeers, unlessMissing } from '../load/room-peers.ts';
import type { ServerProcess } from '../load/server-process.ts';
import { parleyHeaders, socketIoPath } from '../load/socket-io.ts';
import { numbersIn, pause, round, waitFor } from '../measuring.ts';
import type { Scenario } from '../scenario.ts';

const textBytes = 200;
const enterMs = 500;
/** Sockets that read time stamps; reading all would make the load generator the bottleneck. */
const sampled = 10;

interface Figures {
  readonly cpuMicrosecondsPerDelivery: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly isComplete: boolean;
}

interface Served {
  readonly server: ServerProcess;
  /** Opens the watching sockets. */
  open(receivers: readonly Receiver[]): Promise<void>;
  /** How long the last greetings are still being answered. */
  readonly enterMs: number;
  /** Sends a text into the room. */
  send(text: string, index: number): void;
  /** What ends every socket's stream once message `count` is there. */
  lastMark(count: number): string;
  stop(): Promise<void>;
}

/** Every message of a room to each of its members: what a chat server does most. */
export const fanout: Scenario = {
  name: 'fanout',
  help: '1,000 members, 200-byte messages at 40, 300 and 2,000 a second: server CPU a delivery and latency',
  params: { members: 1_000, seconds: 8, rates: '40,300,2000', beside: 'all', encrypted: 'no' },
  async run({ members, seconds, rates, beside, encrypted }) {
    if (encrypted !== 'no')
      return withEncryption(encrypted, async (args) => {
        const rate = numbersIn(rates).at(-1) ?? 0;
        const served = await parleyServed(Number(members), args);
        const figures = await measure(served, rate, Number(seconds), Number(members));
        return { figures: { rate, ...figures }, cost: figures.cpuMicrosecondsPerDelivery };
      });
    const parley: Record<string, Figures> = {};
    const peers: Record<string, Record<string, Figures | string>> = {};
    const chosen = chosenOf(roomPeers, String(beside));
    for (const rate of numbersIn(rates)) {
      const at = `at${rate}`;
      parley[at] = await measure(await parleyServed(Number(members)), rate, Number(seconds), Number(members));
      // The same server by its Socket.IO endpoint: what an official client costs it.
      if (['all', 'parleySocketIo'].includes(String(beside)))
        peers['parleySocketIo'] = {
          ...peers['parleySocketIo'],
          [at]: await measure(await parleyServed(Number(members), [], true), rate, Number(seconds), Number(members)),
        };
      for (const peer of chosen) {
        if (rate * Number(members) > peer.maxRate * 1_000 || peers[peer.name]?.['skipped'] !== undefined) continue;
        const figures = await unlessMissing(async () =>
          measure(await peerServed(peer), rate, Number(seconds), Number(members)),
        );
        peers[peer.name] = {
          ...peers[peer.name],
          ...(typeof figures === 'string' ? { skipped: figures } : { [at]: figures }),
        };
      }
    }
    const ratio: Record<string, number> = {};
    for (const [peer, figures] of Object.entries(peers)) {
      for (const [rate, measured] of Object.entries(figures)) {
        if (typeof measured === 'string') continue;
        const { cpuMicrosecondsPerDelivery } = measured;
        ratio[`${peer}CpuToParley_${rate}`] = round(
          cpuMicrosecondsPerDelivery / (parley[rate]?.cpuMicrosecondsPerDelivery ?? Number.NaN),
        );
      }
    }
    const at300 = parley['at300'];
    const at2000 = parley['at2000'];
    const at40 = parley['at40'];
    const pass =
      (at300 === undefined ||
        (at300.cpuMicrosecondsPerDelivery <= 1.5 &&
          at300.p99Ms <= 80 &&
          (ratio['socketIoCpuToParley_at300'] ?? 0) >= 6)) &&
      (at2000 === undefined || (at2000.cpuMicrosecondsPerDelivery <= 0.35 && at2000.p99Ms <= 80)) &&
      (at40 === undefined || (at40.p99Ms <= 15 && (ratio['bareCpuToParley_at40'] ?? 0) >= 1 / 1.3)) &&
      Object.values(parley).every(({ isComplete }) => isComplete);
    return { parley, peers, ratio, pass };
  },
};

async function measure(served: Served, perSecond: number, seconds: number, members: number): Promise<Figures> {
  const receivers = Array.from(
    { length: members },
    (_, index) => new Receiver(index % Math.ceil(members / sampled) === 0),
  );
  await served.open(receivers);
  await pause(served.enterMs);
  const filler = 'x'.repeat(textBytes - stampOf().length);
  // A second's run first, so that no code is compiled within the measurement.
  let sent = await pace(Math.min(perSecond, 300), 2, (index) => served.send(stampOf() + filler, index));
  await waitFor(() => receivers.every((receiver) => receiver.endsWith(served.lastMark(sent))), 15_000);
  for (const receiver of receivers) receiver.latenciesMs.length = 0;
  const before = served.server.cpuSeconds;
  const warm = sent;
  sent += await pace(perSecond, seconds, (index) => served.send(stampOf() + filler, warm + index));
  const isComplete = await waitFor(
    () => receivers.every((receiver) => receiver.endsWith(served.lastMark(sent))),
    30_000,
  );
  const cpuSeconds = served.server.cpuSeconds - before;
  const latencies = receivers.flatMap((receiver) => receiver.latenciesMs);
  for (const receiver of receivers) receiver.close();
  await served.stop();
  return {
    cpuMicrosecondsPerDelivery: round((cpuSeconds * 1e6) / ((sent - warm) * members)),
    p50Ms: percentile(latencies, 0.5),
    p99Ms: percentile(latencies, 0.99),
    isComplete,
  };
}

async function parleyServed(members: number, args: readonly string[] = [], bySocketIo = false): Promise<Served> {
  const parley = await BenchedParley.start(args);
  const people = await parley.people(members);
  const room = await parley.conversation('bench', people);
  const sender = new Receiver(false);
  await sender.open(parley.server.url, '/ws', greeting(people[0]?.token ?? '', []), parleyHeaders);
  const base = 1 + Math.ceil(Math.max(0, members - 1_000) / 1_000);
  return {
    server: parley.server,
    open: (receivers) =>
      inTurns(receivers, (receiver, index) => {
        const token = people[index]?.token ?? '';
        return bySocketIo
          ? receiver.open(parley.server.url, socketIoPath(), [
              `40${JSON.stringify({ token, resume: { [room]: base } })}`,
            ])
          : receiver.open(parley.server.url, '/ws', greeting(token, [room]), parleyHeaders);
      }),
    enterMs,
    send: (text) =>
      sender.send(
        JSON.stringify({
          t: 'send',
          stream: room,
          cid: newCid(),
          mode: 'exactly-once',
          command: { type: 'post', text },
        }),
      ),
    lastMark: (count) => `"seq":${base + count},`,
    async stop() {
      sender.close();
      await parley.stop();
    },
  };
}

async function peerServed(peer: RoomPeer): Promise<Served> {
  const server = await peer.start();
  const sender = new Receiver(false);
  await sender.open(server.url, peer.path, peer.greet(0, 1), peer.headers);
  return {
    server,
    open: (receivers) =>
      inTurns(receivers, (receiver, index) =>
        receiver.open(server.url, peer.path, peer.greet(index + 1, 1), peer.headers),
      ),
    enterMs: peer.enterMs ?? enterMs,
    send: (text, index) => sender.send(peer.post(text, index)),
    lastMark: (count) => peer.lastMark(count),
    async stop() {
      sender.close();
      await server.stop('SIGKILL');
    },
  };
}
