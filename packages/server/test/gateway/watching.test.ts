import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { isStreamId, newCid, newUserId, ParleyError } from '@parley/protocol';
import type { Store } from '../../src/store/port.ts';
import { withSqliteStore } from '../sqlite-store.ts';
import { range } from '../store/conformance/make.ts';
import { people } from '../stream/people.ts';
import { until } from '../until.ts';
import { Stand, watch } from './stand.ts';

const [ann, bob, cyd, dee] = people;

/** A store that does not load the stream it is holding until `held` is resolved. */
function holdingStore(store: Store) {
  const held = Promise.withResolvers<void>();
  const holding: { stream?: string } = {};
  const load: Store['load'] = async (stream) => {
    if (stream === holding.stream) await held.promise;
    return store.load(stream);
  };
  return { held, holding, reads: { ...store, load } };
}

describe('watching a conversation', () => {
  const store = withSqliteStore();

  it('brings what was missed, then what is new, each event once and in order', async () => {
    await using stand = await Stand.open(store());
    const stream = await stand.conversation('group', 700);
    const socket = await stand.signIn(bob);
    socket.say(watch(stream, 3));
    assert.deepEqual((await socket.next('watched')).streams[0]?.after, 3);
    await Promise.all([stand.post(stream, 200), stand.post(stream, 100, bob)]);
    await until('all came', () => socket.seqs(stream).includes(1_000));
    assert.deepEqual(socket.seqs(stream), range(4, 1_000));
  });

  it('begins with what is new where nothing was asked for', async () => {
    await using stand = await Stand.open(store());
    const stream = await stand.conversation('group', 10);
    const socket = await stand.signIn(bob);
    socket.say(watch(stream));
    const { streams } = await socket.next('watched');
    assert.equal(streams[0]?.after, 10);
    assert.equal(streams[0].head?.head, 10);
    await stand.post(stream, 1);
    await socket.next('events');
    assert.deepEqual(socket.seqs(stream), [11]);
  });

  it('shows a member of a private conversation nothing from before they were one', async () => {
    await using stand = await Stand.open(store());
    const stream = await stand.conversation('group', 10);
    const { id: actor, serverRole } = ann;
    await stand.gateway.submit({
      stream,
      actor,
      serverRole,
      cid: newCid(),
      command: { type: 'invite', users: [dee.id] },
    });
    const socket = await stand.signIn(dee);
    socket.say(watch(stream, 0));
    assert.equal((await socket.next('watched')).streams[0]?.after, 10);
    await socket.next('events');
    assert.deepEqual(socket.seqs(stream), [11]);
  });

  it('does not end at a removal that lies behind what somebody has seen, where the news of both has not come yet', async () => {
    const world = { isDeaf: false };
    await using stand = await Stand.open(store(), {
      broker: (broker) => ({
        ...broker,
        openInbox: (node, receive) =>
          broker.openInbox(node, (payload) => {
            if (!world.isDeaf) receive(payload);
          }),
      }),
    });
    const stream = await stand.conversation('group', 2);
    const socket = await stand.signIn(ann);
    socket.say(watch(stream));
    await socket.next('watched');
    world.isDeaf = true;
    const { id: actor, serverRole } = ann;
    const commands = [
      { type: 'remove' as const, user: bob.id },
      { type: 'invite' as const, users: [bob.id] },
    ];
    for (const command of commands)
      stand.gateway.submit({ stream, actor, serverRole, cid: newCid(), command }).catch(() => undefined);
    let head = 0;
    await until('both are stored', () => {
      void store()
        .head(stream)
        .then((now) => (head = now));
      return head === 4;
    });
    const other = await stand.signIn(bob);
    other.say(watch(stream, 4));
    assert.equal((await other.next('watched')).streams[0]?.after, 4);
    assert.deepEqual(other.of('ended'), []);
  });

  it('ends at the seq of a removal: what follows, the removed never sees', async () => {
    await using stand = await Stand.open(store());
    const stream = await stand.conversation('group', 2);
    const [socket, witness] = [await stand.signIn(bob), await stand.signIn(cyd)];
    for (const each of [socket, witness]) {
      each.say(watch(stream));
      await each.next('watched');
    }
    const { id: actor, serverRole } = ann;
    const base = { stream, actor, serverRole };
    // In one batch, so that all of it reaches the room at once.
    await Promise.all([
      stand.gateway.submit({ ...base, cid: newCid(), command: { type: 'post', text: 'for all' } }),
      stand.gateway.submit({ ...base, cid: newCid(), command: { type: 'remove', user: bob.id } }),
      stand.gateway.submit({ ...base, cid: newCid(), command: { type: 'post', text: 'for those who are left' } }),
    ]);
    await until('the others see it', () => witness.seqs(stream).includes(5));
    assert.equal((await socket.next('ended')).stream, stream);
    assert.deepEqual(socket.seqs(stream), [3, 4]);
    socket.say(watch(stream, 0, 'full', 2));
    const again = await socket.next('watched', ({ id }) => id === 2);
    assert.equal(again.streams[0]?.error?.code, 'not-found');
  });

  it('answers alike for what is not there and what is not theirs', async () => {
    await using stand = await Stand.open(store());
    const secret = await stand.conversation('group', 2);
    const nothing = secret.replace(/.{4}$/, 'zzzz');
    assert.ok(isStreamId(nothing));
    const socket = await stand.signIn(dee);
    for (const stream of [secret, nothing, ann.id, newUserId()]) {
      socket.say(watch(stream, 0, 'full', 7));
      const { streams } = await socket.next('watched', (frame) => frame.streams[0]?.stream === stream);
      assert.deepEqual({ ...streams[0], stream: '' }, { stream: '', error: new ParleyError('not-found').toWire() });
    }
  });

  it('sends a client that is too far behind to reload, and goes on from there', async () => {
    await using stand = await Stand.open(store(), { bounds: { maxEventsBehind: 50, tailEvents: 5 } });
    const stream = await stand.conversation('group', 100);
    const socket = await stand.signIn(bob);
    socket.say(watch(stream, 10));
    assert.equal((await socket.next('reset')).head, 100);
    await stand.post(stream, 1);
    await socket.next('events');
    assert.deepEqual(socket.seqs(stream), [101]);
  });

  it('holds events back from a client that lags, in the log and not in memory, and catches it up when it drains', async () => {
    await using stand = await Stand.open(store(), { bounds: { tailEvents: 10 } });
    const stream = await stand.conversation('group', 2);
    const [slow, quick] = [await stand.signIn(bob), await stand.signIn(cyd)];
    for (const socket of [slow, quick]) {
      socket.say(watch(stream, 0));
      await until('they are level', () => socket.seqs(stream).length === 2);
    }
    slow.isLagging = true;
    const before = slow.frames.length;
    for (let round = 0; round < 10; round++) await stand.post(stream, 20);
    await until('the quick one has all', () => quick.seqs(stream).length === 202);
    assert.equal(slow.frames.length, before);
    slow.drain();
    await until('the slow one has all', () => slow.seqs(stream).length >= 202);
    assert.deepEqual(slow.seqs(stream), range(1, 202));
    await stand.post(stream, 1);
    await until('it is live again', () => slow.seqs(stream).includes(203));
    assert.deepEqual(slow.seqs(stream), range(1, 203));
  });

  it('gives all who come back to the same place the same frame, until something changes or is taken back', async () => {
    await using stand = await Stand.open(store());
    const stream = await stand.conversation('group', 2);
    const looking = await stand.signIn(ann);
    looking.say(watch(stream));
    await looking.next('watched');
    await stand.post(stream, 3);
    await until('all came', () => looking.seqs(stream).includes(5));
    const cameBack = async (who: typeof bob) => {
      const socket = await stand.signIn(who);
      socket.say(watch(stream, 2));
      await until('level', () => socket.seqs(stream).includes(looking.seqs(stream).at(-1) ?? 0));
      const [events] = socket.frames.flatMap((frame, at) => (frame.t === 'events' ? [socket.sent[at]] : []));
      return { seqs: socket.seqs(stream), frame: events };
    };
    const first = await cameBack(bob);
    const second = await cameBack(cyd);
    assert.deepEqual(first.seqs, [3, 4, 5]);
    assert.equal(second.frame, first.frame);

    await stand.gateway.submit({
      stream,
      actor: ann.id,
      serverRole: ann.serverRole,
      cid: newCid(),
      command: { type: 'delete', target: 4 },
    });
    await until('it is gone', () => looking.seqs(stream).includes(6));
    const third = await cameBack(bob);
    assert.deepEqual(third.seqs, [3, 4, 5, 6]);
    assert.match(first.frame?.text ?? '', /message 1/);
    assert.doesNotMatch(third.frame?.text ?? '', /message 1/);
  });

  it('tries a catch-up again that the store could not answer', async () => {
    let isDown = false;
    const reads: Store = {
      ...store(),
      read: (...range) => (isDown ? Promise.reject(new ParleyError('unavailable')) : store().read(...range)),
    };
    await using stand = await Stand.open(store(), { reads, bounds: { tailEvents: 2 } });
    const stream = await stand.conversation('group', 20);
    isDown = true;
    const socket = await stand.signIn(bob);
    socket.say(watch(stream, 0));
    await socket.next('watched');
    await turn();
    stand.clock.advance(1_000);
    assert.deepEqual(socket.seqs(stream), []);
    isDown = false;
    await until('it has all', () => {
      stand.clock.advance(1_000);
      return socket.seqs(stream).length >= 20;
    });
    assert.deepEqual(socket.seqs(stream), range(1, 20));
  });

  it('says where events begin before the first one comes, also when another stream keeps the answer waiting', async () => {
    const { held, holding, reads } = holdingStore(store());
    await using stand = await Stand.open(store(), { reads });
    const [busy, slow] = [await stand.conversation('group', 5), await stand.conversation('group', 5)];
    holding.stream = slow;
    const [socket, witness] = [await stand.signIn(bob), await stand.signIn(cyd)];
    witness.say(watch(busy));
    await witness.next('watched');
    socket.say({
      t: 'watch',
      id: 1,
      streams: [
        { stream: busy, level: 'full', after: 5 },
        { stream: slow, level: 'full' },
      ],
    });
    await turn();
    await stand.post(busy, 3);
    await until('others see it', () => witness.seqs(busy).includes(8));
    held.resolve();
    await socket.next('watched');
    await until(
      'they see it too',
      () => socket.seqs(busy).includes(8),
      () => socket.frames,
    );
    const [first] = socket.frames.filter(({ t }) => t === 'watched' || t === 'events');
    assert.equal(first?.t, 'watched', JSON.stringify(socket.frames));
    assert.deepEqual(socket.seqs(busy), [6, 7, 8]);
  });

  it('tells by head once however many events there were, with the counts a badge needs', async () => {
    await using stand = await Stand.open(store());
    const stream = await stand.conversation('group', 1);
    const [socket, witness] = [await stand.signIn(bob), await stand.signIn(cyd)];
    socket.say(watch(stream, undefined, 'head'));
    witness.say(watch(stream));
    await Promise.all([socket.next('watched'), witness.next('watched')]);
    await stand.post(stream, 50);
    await until('others see it', () => witness.seqs(stream).includes(51));
    assert.deepEqual(socket.of('heads'), []);
    stand.clock.advance(100);
    assert.deepEqual(
      socket.of('heads').map(({ heads }) => heads.map(({ head, posts, replies }) => ({ head, posts, replies }))),
      [[{ head: 51, posts: 50, replies: 0 }]],
    );
    stand.clock.advance(1_000);
    assert.equal(socket.of('heads').length, 1);
    assert.deepEqual(socket.of('events'), []);
  });

  it('changes from head to full and stops when asked', async () => {
    await using stand = await Stand.open(store());
    const stream = await stand.conversation('group', 5);
    const [socket, witness] = [await stand.signIn(bob), await stand.signIn(cyd)];
    witness.say(watch(stream));
    socket.say(watch(stream, undefined, 'head'));
    await Promise.all([socket.next('watched'), witness.next('watched')]);
    socket.say(watch(stream, 3, 'full', 2));
    await socket.next('watched', ({ id }) => id === 2);
    await until('it caught up', () => socket.seqs(stream).includes(5));
    socket.say({ t: 'unwatch', streams: [stream] });
    await stand.post(stream, 3);
    await until('others see it', () => witness.seqs(stream).includes(8));
    stand.clock.advance(1_000);
    assert.deepEqual(socket.seqs(stream), [4, 5]);
    assert.deepEqual(socket.of('heads'), []);
  });

  it('does not begin what was unwatched, or what the watcher was removed from, while the answer was under way', async () => {
    const { held, holding, reads } = holdingStore(store());
    await using stand = await Stand.open(store(), { reads });
    const streams = [];
    for (let count = 0; count < 3; count++) streams.push(await stand.conversation('group', 1));
    const [dropped, left, slow] = streams;
    assert.ok(dropped !== undefined && left !== undefined && slow !== undefined);
    holding.stream = slow;
    const [socket, witness] = [await stand.signIn(bob), await stand.signIn(cyd)];
    witness.say({ t: 'watch', id: 1, streams: [dropped, left].map((stream) => ({ stream, level: 'full' })) });
    await witness.next('watched');
    socket.say({ t: 'watch', id: 1, streams: streams.map((stream) => ({ stream, level: 'full', after: 0 })) });
    await turn();
    socket.say({ t: 'unwatch', streams: [dropped] });
    const { id: actor, serverRole } = bob;
    await stand.gateway.submit({ stream: left, actor, serverRole, cid: newCid(), command: { type: 'leave' } });
    await until('others see it', () => witness.seqs(left).includes(2));
    held.resolve();
    const answer = await socket.next('watched');
    assert.deepEqual(
      answer.streams.map(({ error }) => error?.code),
      [undefined, 'not-found', undefined],
    );
    await stand.post(dropped, 1);
    await until('others see it', () => witness.seqs(dropped).includes(2));
    assert.deepEqual([...socket.seqs(dropped), ...socket.seqs(left)], []);
  });

  it('keeps what was asked for last of a stream, though an earlier frame is answered after it', async () => {
    const { held, holding, reads } = holdingStore(store());
    await using stand = await Stand.open(store(), { reads });
    const [opened, slow] = [await stand.conversation('group', 2), await stand.conversation('group', 1)];
    holding.stream = slow;
    const [socket, witness] = [await stand.signIn(bob), await stand.signIn(cyd)];
    socket.say({ t: 'watch', id: 1, streams: [slow, opened].map((stream) => ({ stream, level: 'head' })) });
    socket.say(watch(opened, 2, 'full', 2));
    await socket.next('watched', ({ id }) => id === 2);
    held.resolve();
    await socket.next('watched', ({ id }) => id === 1);
    witness.say(watch(opened));
    await witness.next('watched');
    await stand.post(opened, 1);
    await until('others see it', () => witness.seqs(opened).includes(3));
    assert.deepEqual(socket.seqs(opened), [3]);
  });

  it('finds by itself what news it lost', async () => {
    let drops = false;
    await using stand = await Stand.open(store(), {
      broker: (broker) => ({
        ...broker,
        openInbox: (node, receive) => broker.openInbox(node, (payload) => (drops ? undefined : receive(payload))),
      }),
    });
    const stream = await stand.conversation('group', 2);
    const socket = await stand.signIn(bob);
    socket.say(watch(stream, 0));
    await until('it is level', () => socket.seqs(stream).length === 2);
    drops = true;
    // Nobody will say that these were stored: the answers are lost with the news.
    void stand.post(stream, 3).catch(() => undefined);
    await until('they are stored', async () => (await store().head(stream)) === 5);
    drops = false;
    await stand.post(stream, 1);
    await until('all are there', () => socket.seqs(stream).length >= 6);
    assert.deepEqual(socket.seqs(stream), range(1, 6));
  });
});
