import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  type Cid,
  type ClientEvents,
  createClient,
  newConversationId,
  type StreamEvent,
  type UserId,
} from '../src/index.ts';
import { ManualPlatform, settled } from './support/manual-platform.ts';
import { ScriptedServer } from './support/scripted-server.ts';

const events = (from: number, to: number): StreamEvent[] =>
  Array.from({ length: to - from + 1 }, (_, index) => ({
    seq: from + index,
    at: 0,
    actor: 'u_0' as UserId,
    cid: `cid-${from + index}` as Cid,
    type: 'posted',
    text: '',
  }));

async function online() {
  const server = new ScriptedServer();
  const platform = new ManualPlatform();
  const client = createClient({ url: 'http://scripted', webSocket: server.webSocket, platform });
  await client.connect();
  const seqs: number[] = [];
  client.on('event', ({ event }) => seqs.push(event.seq));
  const asked = () => server.framesOf('watch').map(({ streams }) => streams.map(({ after }) => after));
  const answer = (stream: ReturnType<typeof newConversationId>, after: number) =>
    server.say({ t: 'watched', id: server.framesOf('watch').at(-1)?.id ?? 0, streams: [{ stream, after }] });
  return { server, platform, client, seqs, asked, answer };
}

describe('watching', () => {
  it('asks for many streams in one frame, and again on each new connection from the last seq of each', async () => {
    const { server, platform, client, asked } = await online();
    const [one, two] = [newConversationId(), newConversationId()];
    client.watch(one, { after: 4 });
    client.watch(two);
    await settled();
    assert.deepEqual(asked(), [[4, undefined]]);
    server.say({
      t: 'watched',
      id: 1,
      streams: [
        { stream: one, after: 4 },
        { stream: two, after: 90 },
      ],
    });
    server.say({ t: 'events', stream: one, events: events(5, 7) });
    server.cut();
    await platform.advance(1_000);
    assert.deepEqual(asked().slice(1), [[7, 90]]);
    client.unwatch(two);
    server.cut();
    await platform.advance(1_000);
    assert.deepEqual(asked().slice(2), [[7]]);
    await client.close();
  });

  it('asks for a hole at once, again after 5 s without an answer, and gives every event once and in order', async () => {
    const { server, platform, client, seqs, asked, answer } = await online();
    const stream = newConversationId();
    client.watch(stream, { after: 0 });
    await settled();
    answer(stream, 0);
    server.say({ t: 'events', stream, events: events(1, 2) });
    server.say({ t: 'events', stream, events: events(6, 7) });
    server.say({ t: 'events', stream, events: events(8, 8) });
    await settled();
    assert.deepEqual(seqs, [1, 2]);
    assert.deepEqual(asked(), [[0], [2]]);
    await platform.advance(5_000);
    assert.deepEqual(asked(), [[0], [2], [2]]);
    answer(stream, 2);
    server.say({ t: 'events', stream, events: events(3, 4) });
    server.say({ t: 'events', stream, events: events(5, 9) });
    await settled();
    assert.deepEqual(seqs, [1, 2, 3, 4, 5, 6, 7, 8, 9]);
    assert.equal(asked().length, 3, 'the repair itself is no reason for another one');
    await client.close();
  });

  it('begins later where the right to see begins later', async () => {
    const { server, client, seqs, asked, answer } = await online();
    const stream = newConversationId();
    client.watch(stream, { after: 0 });
    await settled();
    answer(stream, 40);
    server.say({ t: 'events', stream, events: events(41, 42) });
    await settled();
    assert.deepEqual(seqs, [41, 42]);
    assert.equal(asked().length, 1);
    await client.close();
  });

  it('takes no answer to an earlier frame for one to the last: a badge that became a conversation on screen begins where it was asked to', async () => {
    const { server, client, seqs } = await online();
    const stream = newConversationId();
    client.watch(stream, { level: 'head' });
    await settled();
    client.watch(stream, { after: 3 });
    await settled();
    const [badge, screen] = server.framesOf('watch').map(({ id }) => id);
    server.say({ t: 'watched', id: badge ?? 0, streams: [{ stream, after: 5 }] });
    server.say({ t: 'watched', id: screen ?? 0, streams: [{ stream, after: 3 }] });
    server.say({ t: 'events', stream, events: events(4, 6) });
    await settled();
    assert.deepEqual(seqs, [4, 5, 6]);
    await client.close();
  });

  it('tells anew whose faces it shows, when a rate limit kept that from the server', async () => {
    const { server, platform, client } = await online();
    const ann = server.user;
    const told = () => server.framesOf('faces').map(({ users }) => users);
    client.watchFaces([ann]);
    await settled();
    for (let count = 0; count < 3; count++)
      server.say({ t: 'error', error: { code: 'rate-limited', message: 'slow down', retryAfterMs: 700 } });
    await platform.advance(699);
    assert.equal(told().length, 1);
    await platform.advance(1);
    assert.deepEqual(told(), [[ann], [ann]]);
    await client.close();
  });

  it('waits out a rate limit, for all that was asked in the frame', async () => {
    const { server, platform, client, asked } = await online();
    client.watch(newConversationId(), { after: 1 });
    client.watch(newConversationId(), { after: 2 });
    await settled();
    server.say({ t: 'error', id: 1, error: { code: 'rate-limited', message: 'slow down', retryAfterMs: 700 } });
    await platform.advance(699);
    assert.equal(asked().length, 1);
    await platform.advance(1);
    await settled();
    assert.deepEqual(asked(), [
      [1, 2],
      [1, 2],
    ]);
    await client.close();
  });

  it('says from where to where events were skipped, and goes on behind them', async () => {
    const { server, client, seqs, answer } = await online();
    const stream = newConversationId();
    const resets: ClientEvents['reset'][] = [];
    client.on('reset', (reset) => resets.push(reset));
    client.watch(stream, { after: 10 });
    await settled();
    answer(stream, 10);
    server.say({ t: 'events', stream, events: events(11, 12) });
    server.say({ t: 'reset', stream, head: 50_000 });
    server.say({ t: 'events', stream, events: events(50_001, 50_001) });
    assert.deepEqual(resets, [{ stream, after: 12, head: 50_000 }]);
    assert.deepEqual(seqs, [11, 12, 50_001]);
    await client.close();
  });

  it('tells of a right that ended or never was, once, and does not ask again', async () => {
    const { server, platform, client, asked } = await online();
    const [left, never] = [newConversationId(), newConversationId()];
    const ended: string[] = [];
    client.on('ended', ({ stream, error }) => ended.push(`${stream === left ? 'left' : 'never'} ${error.code}`));
    client.watch(left, { after: 0 });
    client.watch(never);
    await settled();
    const error = { code: 'not-found', message: 'nothing here' } as const;
    server.say({
      t: 'watched',
      id: 1,
      streams: [
        { stream: left, after: 0 },
        { stream: never, error },
      ],
    });
    server.say({ t: 'ended', stream: left, error });
    server.say({ t: 'ended', stream: left, error });
    assert.deepEqual(ended, ['never not-found', 'left not-found']);
    server.cut();
    await platform.advance(1_000);
    assert.equal(asked().length, 1);
    await client.close();
  });

  it('tells of heads only for what is watched by head', async () => {
    const { server, client, seqs } = await online();
    const [badge, open] = [newConversationId(), newConversationId()];
    const heads: string[] = [];
    client.on('head', ({ stream }) => heads.push(stream));
    client.watch(badge, { level: 'head' });
    client.watch(open, { after: 0 });
    const counters = { head: 9, posts: 1, replies: 0, deletes: 0, mass: 0, changes: 0 };
    server.say({
      t: 'heads',
      heads: [
        { stream: badge, ...counters },
        { stream: open, ...counters },
      ],
    });
    server.say({ t: 'events', stream: badge, events: events(1, 1) });
    assert.deepEqual(heads, [badge]);
    assert.deepEqual(seqs, []);
    await client.close();
  });
});
