import { newCid } from '@parley/client';
import { readLines } from '../../replay/lines.ts';
import { inTurns } from '../load/in-turns.ts';
import { pace } from '../load/pace.ts';
import { BenchedParley, greeting } from '../load/parley.ts';
import { peer } from '../load/peer.ts';
import { Receiver } from '../load/receiver.ts';
import type { ServerProcess } from '../load/server-process.ts';
import { parleyHeaders, socketIoGreeting, socketIoPath } from '../load/socket-io.ts';
import { pause, round } from '../measuring.ts';
import type { Params, Scenario } from '../scenario.ts';

const offer = { 'Sec-WebSocket-Extensions': 'permessage-deflate; client_max_window_bits' };

interface Figures {
  readonly bytesPerDelivery: number;
  readonly cpuMicrosecondsPerDelivery: number;
}

/** What real chat weighs on the wire. */
export const wire: Scenario = {
  name: 'wire',
  help: 'Recorded chat to a busy room: bytes and server CPU a delivery, with and without compression',
  params: { chat: '../shared/data/ubuntu-irc.jsonl.gz', members: 300, rate: 500, seconds: 6 },
  async run(params) {
    const lines: string[] = [];
    for await (const { text } of readLines(String(params['chat']), 20_000)) lines.push(text);
    const plain = await parleyFigures(params, lines, {});
    const compressed = await parleyFigures(params, lines, offer);
    const socketIo = await socketIoFigures(params, lines, false);
    const socketIoDeflate = await socketIoFigures(params, lines, true);
    const ratio = {
      bytesOfUncompressed: round(compressed.bytesPerDelivery / plain.bytesPerDelivery),
      socketIoDeflateBytesToParley: round(socketIoDeflate.bytesPerDelivery / compressed.bytesPerDelivery),
      socketIoDeflateCpuToParley: round(
        socketIoDeflate.cpuMicrosecondsPerDelivery / compressed.cpuMicrosecondsPerDelivery,
      ),
    };
    return {
      parley: { plain, compressed },
      peers: { socketIo, socketIoDeflate },
      ratio,
      pass: ratio.bytesOfUncompressed <= 0.4 && ratio.socketIoDeflateCpuToParley >= 10,
    };
  },
};

async function parleyFigures(params: Params, lines: readonly string[], headers: Readonly<Record<string, string>>) {
  const parley = await BenchedParley.start();
  const people = await parley.people(Number(params['members']));
  const room = await parley.conversation('wire', people);
  // As many write as wrote in the recording's busiest minutes.
  const writers = await openAll(people.slice(0, 20), ({ token }, receiver) =>
    receiver.open(parley.server.url, '/ws', greeting(token, []), parleyHeaders),
  );
  const figures = await measure(params, parley.server, {
    open: (receiver, index) =>
      receiver.open(parley.server.url, '/ws', greeting(people[index]?.token ?? '', [room]), {
        ...parleyHeaders,
        ...headers,
      }),
    send: (index) =>
      writers[index % writers.length]?.send(
        JSON.stringify({
          t: 'send',
          stream: room,
          cid: newCid(),
          command: { type: 'post', text: lines[index % lines.length] },
        }),
      ),
  });
  for (const writer of writers) writer.close();
  await parley.stop();
  return figures;
}

/** At a tenth of the rate, or it would only queue: its cost a delivery does not depend on it. */
async function socketIoFigures(all: Params, lines: readonly string[], deflate: boolean): Promise<Figures> {
  const params = { ...all, rate: Number(all['rate']) / 10 };
  const server = await peer('socket-io-server', { PEER_DEFLATE: deflate ? 'yes' : 'no' });
  const [writer] = await openAll([0], (_, receiver) =>
    receiver.open(server.url, socketIoPath('&rooms=0'), socketIoGreeting),
  );
  const figures = await measure(params, server, {
    open: (receiver) => receiver.open(server.url, socketIoPath(), socketIoGreeting, deflate ? offer : {}),
    send: (index) => writer?.send(`42["post",${JSON.stringify(lines[index % lines.length])}]`),
  });
  writer?.close();
  await server.stop();
  return figures;
}

async function openAll<Item>(
  items: readonly Item[],
  open: (item: Item, receiver: Receiver) => Promise<void>,
): Promise<Receiver[]> {
  const receivers = items.map(() => new Receiver(false));
  await Promise.all(items.map((item, index) => open(item, receivers[index] ?? new Receiver(false))));
  return receivers;
}

async function measure(
  { members, rate, seconds }: Params,
  server: ServerProcess,
  { open, send }: { open: (receiver: Receiver, index: number) => Promise<void>; send: (index: number) => void },
): Promise<Figures> {
  const receivers = Array.from({ length: Number(members) }, () => new Receiver(false));
  await inTurns(receivers, open);
  const read = (): number => receivers.reduce((sum, receiver) => sum + receiver.bytesRead, 0);
  const warm = await pace(Number(rate), 2, send);
  await quiet(server, read);
  const before = { bytes: read(), cpuSeconds: server.cpuSeconds };
  const sent = await pace(Number(rate), Number(seconds), (index) => send(warm + index));
  await quiet(server, read);
  const deliveries = sent * Number(members);
  const figures = {
    bytesPerDelivery: round((read() - before.bytes) / deliveries),
    cpuMicrosecondsPerDelivery: round(((server.cpuSeconds - before.cpuSeconds) * 1e6) / deliveries),
  };
  for (const receiver of receivers) receiver.close();
  return figures;
}

/** Until nothing has come for a second in which the server had nothing to do. */
async function quiet(server: ServerProcess, read: () => number): Promise<void> {
  for (let attempt = 0; attempt < 60; attempt++) {
    const former = { bytes: read(), cpuSeconds: server.cpuSeconds };
    await pause(1_000);
    if (read() === former.bytes && server.cpuSeconds - former.cpuSeconds < 0.2) return;
  }
}
