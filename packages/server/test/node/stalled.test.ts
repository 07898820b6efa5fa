import assert from 'node:assert/strict';
import { once } from 'node:events';
import { describe, it } from 'node:test';
import { newCid, type ServerFrame } from '@parley/protocol';
import { WebSocket } from 'ws';
import { range } from '../store/conformance/make.ts';
import { until } from '../until.ts';
import { Stand } from './stand.ts';

const fast = ['--rate-burst', '1000000', '--rate-per-second', '100000'];
/** Together 16 MB: more than both kernels and the server may hold for one socket (4 MiB). */
const messages = 2_000;
const body = 'x'.repeat(8_000);

describe('a client that stops reading', () => {
  it('is not cut off for it, holds nobody up, and gets every event in order when it reads again', async () => {
    await using stand = await Stand.open(fast);
    const [ann, bob] = [await stand.signUp('ann'), await stand.signUp('bob')];
    const stream = await stand.group(ann, [bob]);

    const stalled = new WebSocket(`${stand.node.url.replace('http', 'ws')}/ws`, 'parley.v1');
    const seqs: number[] = [];
    let watched = false;
    let closed: number | undefined;
    stalled.on('message', (data: Buffer) => {
      const frame = JSON.parse(String(data)) as ServerFrame;
      if (frame.t === 'watched') watched = true;
      if (frame.t === 'events') seqs.push(...frame.events.map(({ seq }) => seq));
    });
    stalled.on('close', (code) => {
      closed = code;
    });
    await once(stalled, 'open');
    stalled.send(JSON.stringify({ t: 'hello', token: bob.token }));
    stalled.send(JSON.stringify({ t: 'watch', id: 1, streams: [{ stream, level: 'full', after: 0 }] }));
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
});
