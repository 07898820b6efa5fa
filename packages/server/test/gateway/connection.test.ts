import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { limits, newCid, newConversationId, ParleyError } from '@parley/protocol';
import { Flushes } from '../../src/gateway/flushes.ts';
import { Room } from '../../src/gateway/room.ts';
import { allGatewaySafeguards, defaultGatewayBounds } from '../../src/gateway/safeguards.ts';
import { Watch } from '../../src/gateway/watch.ts';
import { withSqliteStore } from '../sqlite-store.ts';
import { people } from '../stream/people.ts';
import { until } from '../until.ts';
import { Stand, watch } from './stand.ts';

const [ann, bob, cyd] = people;

describe('a connection', () => {
  const store = withSqliteStore();

  it('is closed when nobody said hello within 5 seconds, and not sooner', async () => {
    await using stand = await Stand.open(store());
    const socket = stand.connect();
    stand.clock.advance(limits.helloTimeoutMs - 1_000);
    assert.deepEqual(socket.of('error'), []);
    stand.clock.advance(1_000);
    assert.equal(socket.of('error')[0]?.error.code, 'unavailable');
    assert.equal(socket.closed?.code, 1008);
  });

  it('is told to come back, not that its token is bad, when its hello was looked up for too long', async () => {
    const found = Promise.withResolvers<undefined>();
    await using stand = await Stand.open(store(), { authenticate: () => found.promise });
    const socket = stand.connect();
    socket.say({ t: 'hello', token: '0' });
    stand.clock.advance(limits.helloTimeoutMs);
    found.resolve(undefined);
    await turn();
    assert.deepEqual(
      socket.of('error').map(({ error }) => error.code),
      ['unavailable'],
    );
  });

  it('is closed when it says anything before hello, or hello with a token that is not good', async () => {
    await using stand = await Stand.open(store());
    const rude = stand.connect();
    rude.say({ t: 'ping', id: 1 });
    const [stranger, nobody] = [stand.connect(), stand.connect()];
    stranger.say({ t: 'hello', token: 'made up' });
    nobody.say({ t: 'hello' });
    for (const socket of [rude, stranger, nobody]) {
      await until('it is closed', () => socket.closed !== undefined);
      assert.equal(socket.of('error')[0]?.error.code, 'unauthenticated');
      assert.equal(socket.closed?.code, 1008);
    }
  });

  it('is told to come back, not that its token is bad, when sessions cannot be looked up', async () => {
    await using stand = await Stand.open(store(), {
      authenticate: () => Promise.reject(new ParleyError('unavailable')),
    });
    const socket = stand.connect();
    socket.say({ t: 'hello', token: '0' });
    await until('it is closed', () => socket.closed !== undefined);
    assert.equal(socket.of('error')[0]?.error.code, 'unavailable');
    assert.equal(socket.closed?.code, 1013);
  });

  it('may send on while its hello is looked up, in order, up to a bound', async () => {
    const found = Promise.withResolvers<void>();
    await using stand = await Stand.open(store(), {
      authenticate: async () => {
        await found.promise;
        return { user: ann.id, session: 's', serverRole: 'member' };
      },
    });
    const [eager, flood] = [stand.connect(), stand.connect()];
    for (const socket of [eager, flood]) socket.say({ t: 'hello', token: '0' });
    for (let id = 0; id < 3; id++) eager.say({ t: 'ping', id });
    for (let id = 0; id < 100; id++) flood.say({ t: 'ping', id });
    assert.equal(flood.closed?.code, 1008);
    assert.deepEqual(eager.frames, []);
    found.resolve();
    await eager.next('pong', ({ id }) => id === 2);
    assert.deepEqual(
      eager.frames.map(({ t }) => t),
      ['welcome', 'pong', 'pong', 'pong'],
    );
  });

  it('forgives a few malformed frames, then closes', async () => {
    await using stand = await Stand.open(store());
    const socket = await stand.signIn(ann);
    for (let time = 1; time < limits.maxBadFrames; time++) socket.say('{"t":');
    socket.connection?.malformed('binary');
    assert.equal(socket.of('error').length, limits.maxBadFrames);
    assert.ok(socket.of('error').every(({ error }) => error.code === 'bad-frame'));
    assert.equal(socket.closed?.code, 1008);
  });

  it('is told and closed at once when a frame is too large', async () => {
    await using stand = await Stand.open(store());
    const socket = await stand.signIn(ann);
    socket.connection?.malformed('too-large');
    assert.deepEqual(
      socket.of('error').map(({ error }) => error.code),
      ['frame-too-large'],
    );
    assert.equal(socket.closed?.code, 1009);
  });

  it('is closed when it has been silent for more than twice the time it was asked to ping in', async () => {
    await using stand = await Stand.open(store());
    const [silent, alive] = [await stand.signIn(ann), await stand.signIn(bob)];
    const { pingMs } = await silent.next('welcome');
    for (let time = 0; time < 4; time++) {
      stand.clock.advance(pingMs);
      alive.say({ t: 'ping', id: time });
    }
    assert.equal(silent.closed?.code, 1001);
    assert.equal(alive.closed, undefined);
  });

  it('loses its sockets at once when its session is revoked, and nobody else does', async () => {
    await using stand = await Stand.open(store());
    const [phone, laptop, other] = [await stand.signIn(ann), await stand.signIn(ann), await stand.signIn(bob)];
    stand.gateway.revoke(['session 0']);
    for (const socket of [phone, laptop]) {
      assert.equal(socket.of('error')[0]?.error.code, 'unauthenticated');
      assert.equal(socket.closed?.code, 1008);
    }
    assert.equal(other.closed, undefined);
  });

  it('is not let in by a look-up that began before its session was revoked', async () => {
    const found = Promise.withResolvers<void>();
    await using stand = await Stand.open(store(), {
      authenticate: async () => {
        await found.promise;
        return { user: ann.id, session: 'revoked', serverRole: 'member' };
      },
    });
    const socket = stand.connect();
    socket.say({ t: 'hello', token: '0' });
    await turn();
    stand.gateway.revoke(['revoked']);
    found.resolve();
    await until('it is closed', () => socket.closed !== undefined);
    assert.deepEqual(
      socket.frames.map((frame) => frame.t === 'error' && frame.error.code),
      ['unauthenticated'],
    );
  });

  it('is refused what goes beyond its rate, with when to try again, and nothing is lost of what was in it', async () => {
    await using stand = await Stand.open(store(), { rate: { perSecond: 10, burst: 3 } });
    const socket = await stand.signIn(ann);
    const stream = newConversationId();
    const send = (text: string, cid = newCid()) => {
      const command =
        text === '' ? { type: 'create', kind: 'group', name: 'tea', members: [] } : { type: 'post', text };
      socket.say({ t: 'send', stream, cid, command });
      return cid;
    };
    send('');
    send('one');
    send('two');
    const late = send('three');
    const { error } = await socket.next('nack', ({ cid }) => cid === late);
    assert.equal(error.code, 'rate-limited');
    assert.equal(error.retryAfterMs, 100);
    socket.say(watch(stream));
    assert.equal((await socket.next('error', ({ id }) => id === 1)).error.code, 'rate-limited');
    await until('the others are stored', () => socket.of('ack').length === 3);
    stand.clock.advance(100);
    send('three', late);
    assert.equal((await socket.next('ack', ({ cid }) => cid === late)).seq, 4);
  });

  it('watches no more streams than the limit, also when it asks for many at once', async () => {
    await using stand = await Stand.open(store());
    const stream = await stand.conversation('group', 1);
    const socket = await stand.signIn(bob);
    const { session } = socket.connection ?? {};
    assert.ok(session !== undefined);
    socket.say(watch(stream));
    await socket.next('watched');
    // Rooms of nobody, so that the test need not make thousands of conversations.
    const context = {
      flushes: new Flushes(stand.clock),
      bounds: defaultGatewayBounds,
      safeguards: allGatewaySafeguards,
    };
    for (let count = session.watches.size; count < limits.maxWatchesPerSession - 1; count++)
      session.watches.add(new Watch(session, new Room(newConversationId(), context), 'head'));
    const more = [await stand.conversation('group', 1), await stand.conversation('group', 1)];
    socket.say({ t: 'watch', id: 2, streams: more.map((each) => ({ stream: each, level: 'full' })) });
    const { streams } = await socket.next('watched', ({ id }) => id === 2);
    assert.deepEqual(
      streams.map(({ error }) => error?.code),
      [undefined, 'limit-reached'],
    );
    assert.equal(session.watches.size, limits.maxWatchesPerSession);
  });

  it('hears who types from others, not from itself, and never when it lags', async () => {
    await using stand = await Stand.open(store());
    const stream = await stand.conversation('group', 1);
    const [typist, reader, slow] = [await stand.signIn(ann), await stand.signIn(bob), await stand.signIn(cyd)];
    for (const socket of [typist, reader, slow]) {
      socket.say(watch(stream));
      await socket.next('watched');
    }
    slow.isLagging = true;
    typist.say({ t: 'signal', stream, signal: { type: 'typing', on: true } });
    assert.equal((await reader.next('signal')).actor, ann.id);
    assert.deepEqual([...typist.of('signal'), ...slow.of('signal')], []);
  });

  it('is sent elsewhere with a word of when to come back, after its answers, when the node drains', async () => {
    await using stand = await Stand.open(store());
    const stream = await stand.conversation('group', 1);
    const socket = await stand.signIn(bob);
    const cid = newCid();
    socket.say({ t: 'send', stream, cid, command: { type: 'post', text: 'one more' } });
    const draining = stand.gateway.drain(8_000);
    const late = newCid();
    socket.say({ t: 'send', stream, cid: late, command: { type: 'post', text: 'too late' } });
    await until('it is closed', async () => {
      await turn();
      stand.clock.advance(20);
      return socket.closed !== undefined;
    });
    await draining;
    assert.equal(socket.closed?.code, 1012);
    assert.equal(socket.of('nack').find((nack) => nack.cid === late)?.error.code, 'draining');
    const order = socket.frames.map(({ t }) => t);
    assert.ok(order.indexOf('ack') < order.indexOf('bye'), order.join(' '));
    assert.equal(socket.of('ack')[0]?.cid, cid);
    assert.ok((socket.of('bye')[0]?.retryAfterMs ?? 0) >= 200);
  });
});
