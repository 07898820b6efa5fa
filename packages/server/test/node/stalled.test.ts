import assert from 'node:assert/strict';
import { once } from 'node:events';
import { describe, it } from 'node:test';
import { limits, newCid, newConversationId, type ServerFrame } from '@parley/protocol';
import { WebSocket } from 'ws';
import { range } from '../store/conformance/make.ts';
import { until } from '../until.ts';
import { Stand } from './stand.ts';

const fast = ['--rate-burst', '1000000', '--rate-per-second', '100000'];
/** Together 16 MB: more than both kernels and the server may hold for one socket (4 MiB). */
const messages = 2_000;
const body = 'x'.repeat(8_000);

/** A way to the server by a socket whose reading can be stopped. */
interface Transport {
  readonly name: string;
  readonly path: string;
  readonly hello: (token: string) => readonly string[];
  readonly says: (frame: { readonly t: string }) => string;
  /** The frame that a text of the server carries, if it does. */
  readonly heard: (text: string) => ServerFrame | undefined;
}

const transports: readonly Transport[] = [
  {
    name: 'native',
    path: '/ws',
    hello: (token) => [JSON.stringify({ t: 'hello', token })],
    says: (frame) => JSON.stringify(frame),
    heard: (text) => JSON.parse(text) as ServerFrame,
  },
  {
    name: 'Socket.IO',
    path: '/socket.io/?EIO=4&transport=websocket',
    hello: (token) => [`40${JSON.stringify({ token })}`],
    says: ({ t, ...fields }) => `42${JSON.stringify([t, fields])}`,
    heard: (text) => (text.startsWith('42') ? (JSON.parse(text.slice(2)) as [string, ServerFrame])[1] : undefined),
  },
];

for (const { name, path, hello, says, heard } of transports) {
  const connect = async (stand: Stand, token: string): Promise<WebSocket> => {
    const socket = new WebSocket(`${stand.node.url.replace('http', 'ws')}${path}`, 'parley.v1');
    const welcomed = new Promise<void>((resolve) => {
      socket.on('message', (data: Buffer) => {
        if (heard(String(data))?.t === 'welcome') resolve();
      });
    });
    await once(socket, 'open');
    for (const text of hello(token)) socket.send(text);
    await welcomed;
    return socket;
  };

  describe(`a ${name} client that stops reading`, () => {
    it('is not cut off for it, holds nobody up, and gets every event in order when it reads again', async () => {
      await using stand = await Stand.open(fast);
      const [ann, bob] = [await stand.signUp('ann'), await stand.signUp('bob')];
      const stream = await stand.group(ann, [bob]);

      const stalled = await connect(stand, bob.token);
      const seqs: number[] = [];
      let watched = false;
      let closed: number | undefined;
      stalled.on('message', (data: Buffer) => {
        const frame = heard(String(data));
        if (frame?.t === 'watched') watched = true;
        if (frame?.t === 'events') seqs.push(...frame.events.map(({ seq }) => seq));
      });
      stalled.on('close', (code) => {
        closed = code;
      });
      const watch = { t: 'watch', id: 1, streams: [{ stream, level: 'full', after: 0 }] };
      stalled.send(says(watch));
      await until('it watches', () => watched);
      stalled.pause();

      const writer = await stand.live(ann);
      const acknowledged = (): number => writer.frames.filter(({ t }) => t === 'ack').length;
      for (let sent = 0; sent < messages; sent += 100) {
        for (let count = 0; count < 100; count++)
          writer.send({ t: 'send', stream, cid: newCid(), command: { type: 'post', text: body } });
        await until('they are stored', () => acknowledged() === sent + 100);
      }

      assert.equal(closed, undefined);
      stalled.resume();
      await until(
        'it has them all',
        () => seqs.length >= messages + 1 || closed !== undefined,
        () => seqs.length,
      );
      assert.equal(closed, undefined);
      assert.deepEqual(seqs, range(1, messages + 1));
      stalled.close();
    });

    it('and asks on and on is cut off when its answers would fill the memory', async () => {
      await using stand = await Stand.open(fast);
      const ann = await stand.signUp('ann');
      const socket = await connect(stand, ann.token);
      socket.on('error', () => undefined);
      // Each answer names every stream again and says that there is none.
      const streams = Array.from({ length: limits.maxStreamsPerWatch }, () => ({
        stream: newConversationId(),
        level: 'head',
      }));
      const watch = { t: 'watch', id: 1, streams };
      socket.pause();
      const open = async (): Promise<string | undefined> => {
        const metrics = await (await fetch(`${stand.node.url}/metrics`)).text();
        return /^parley_sockets (\d+)$/m.exec(metrics)?.[1];
      };
      assert.equal(await open(), '1');
      await until('it is cut off', async () => {
        if (socket.bufferedAmount < limits.maxFrameBytes)
          for (let count = 0; count < 10; count++) socket.send(says(watch));
        return (await open()) === '0';
      });
      socket.terminate();
      const { status } = await stand.ask('GET', '/me', ann);
      assert.equal(status, 200);
    });
  });
}
