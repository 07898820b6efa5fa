import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { limits, newCid, type StreamEvent } from '@parley/protocol';
import { SocketIoClient, type SocketIoOptions } from '../node/socket-io-client.ts';
import { type SignedUp, Stand } from '../node/stand.ts';
import { until } from '../until.ts';

describe('the official client of Socket.IO', () => {
  let stand: Stand;
  let ann: SignedUp;
  let ben: SignedUp;
  before(async () => {
    stand = await Stand.open(['--rate-burst', '100000']);
    ann = await stand.signUp('ann');
    ben = await stand.signUp('ben');
  });
  after(() => stand[Symbol.asyncDispose]());

  const open = (options: SocketIoOptions): SocketIoClient => stand.socketIo(options);
  const live = ({ token }: SignedUp): Promise<SocketIoClient> => open({ auth: { token } }).connected();
  const say = (stream: string, text: string, cid = newCid()) => ({ stream, cid, command: { type: 'post', text } });
  const eventsOf = (client: SocketIoClient): StreamEvent[] =>
    client.frames.flatMap((frame) => (frame.t === 'events' ? frame.events : []));

  it('signs in with a token and is welcomed as by the native socket', async () => {
    const client = await live(ann);
    const { user, session } = await client.next('welcome');
    assert.equal(user, ann.id);
    const { body } = await stand.ask('GET', '/sessions', ann);
    assert.ok(JSON.stringify(body).includes(session), 'it is one of the devices');
  });

  it('signs in by the cookie of a browser', async () => {
    const client = await open({ headers: { cookie: `parley_session=${ann.token}` } }).connected();
    assert.equal((await client.next('welcome')).user, ann.id);
  });

  it('is told why it is not let in', async () => {
    for (const auth of [{}, { token: 'no such token' }]) {
      assert.equal((await open({ auth }).refused()).code, 'unauthenticated', JSON.stringify(auth));
    }
    for (const token of [7, { $ne: '' }, 'x'.repeat(201), [[[[[[]]]]]]]) {
      assert.equal((await open({ auth: { token } }).refused()).code, 'bad-frame', JSON.stringify(token));
    }
  });

  it('sends, and its callback is the acknowledgement; the same cid again is the same message', async () => {
    const stream = await stand.group(ann, [ben]);
    const client = await live(ann);
    const wish = say(stream, 'once');
    const [first, second] = await Promise.all([client.ask('send', wish), client.ask('send', wish)]);
    assert.ok(first.t === 'ack' && second.t === 'ack');
    assert.deepEqual([second.seq, second.cid], [first.seq, wish.cid]);
    const later = await (await live(ann)).ask('send', wish);
    assert.ok(later.t === 'ack' && later.seq === first.seq);
    assert.deepEqual(await stand.texts(ann, stream), ['once']);
  });

  it('gets refusals with their codes as answers', async () => {
    const stream = await stand.group(ann, []);
    const client = await live(ben);
    const refused = await client.ask('send', say(stream, 'hello'));
    assert.ok(refused.t === 'nack');
    assert.equal(refused.error.code, 'not-found');
    const malformed = await client.ask('send', { stream, cid: newCid(), command: { type: 'post' } });
    assert.ok(malformed.t === 'error');
    assert.deepEqual([malformed.error.code, malformed.error.field], ['bad-frame', 'command.text']);
    const unseen = await client.ask('watch', { streams: [{ stream, level: 'full' }] });
    assert.ok(unseen.t === 'watched');
    assert.equal(unseen.streams[0]?.error?.code, 'not-found');
  });

  it('gets the answers it gave no callback for as events', async () => {
    const stream = await stand.group(ann, []);
    const client = await live(ann);
    const wish = say(stream, 'hello');
    client.socket.emit('send', wish);
    await client.next('ack', ({ cid }) => cid === wish.cid);
    client.socket.emit('send', { ...wish, stream: 'nowhere' });
    assert.equal((await client.next('error')).error.code, 'bad-frame');
    client.socket.emit('watch', { streams: [{ stream, level: 'head' }] });
    assert.equal((await client.next('watched')).streams[0]?.stream, stream);
  });

  it('follows by head and in full, beside a native client, and types', async () => {
    const stream = await stand.group(ann, [ben]);
    const [client, badge, native] = [await live(ben), await live(ben), await stand.live(ann)];
    const watched = await client.ask('watch', { streams: [{ stream, level: 'full', after: 0 }] });
    assert.ok(watched.t === 'watched' && watched.streams[0]?.head !== undefined);
    await badge.ask('watch', { streams: [{ stream, level: 'head' }] });
    native.send({ t: 'watch', id: 1, streams: [{ stream, level: 'full' }] });
    await native.next('watched');
    const sent = await (await live(ann)).ask('send', say(stream, 'hello'));
    assert.ok(sent.t === 'ack');
    await client.next('events', ({ events }) => events.some(({ seq }) => seq === sent.seq));
    await badge.next('heads', ({ heads }) => heads.some(({ head }) => head === sent.seq));
    const seqs = eventsOf(client).map(({ seq }) => seq);
    assert.deepEqual(
      seqs,
      Array.from({ length: sent.seq }, (_, index) => index + 1),
    );
    assert.equal(await client.ask('signal', { stream, signal: { type: 'typing', on: true } }), undefined);
    assert.equal((await native.next('signal')).actor, ben.id);
    assert.equal(await client.ask('unwatch', { streams: [stream] }), undefined);
  });

  it('resumes after a lost connection by itself, without a gap and without a repetition', async () => {
    const stream = await stand.group(ann, [ben]);
    const client = await open({ auth: () => ({ token: ben.token }), reconnection: true }).connected();
    const resume = (): void => {
      client.socket.emit('resume', { [stream]: eventsOf(client).at(-1)?.seq ?? 0 });
    };
    client.socket.on('connect', resume);
    resume();
    let last = 0;
    for (let round = 0; round < 3; round++) {
      for (let count = 0; count < 5; count++) {
        const { body } = await stand.command(ann, stream, { type: 'post', text: `${round} ${count}` });
        last = Number(body['seq']);
        if (count === 2) client.socket.io.engine.close();
      }
      await client.next('events', ({ events }) => events.some(({ seq }) => seq === last));
    }
    assert.ok(client.ends.length >= 3);
    const seqs = eventsOf(client).map(({ seq }) => seq);
    assert.deepEqual(
      seqs,
      Array.from({ length: last }, (_, index) => index + 1),
    );
  });

  it('may say with its sign-in what it has, each time it connects', async () => {
    const stream = await stand.group(ann, [ben]);
    const heard = (): StreamEvent[] => eventsOf(client);
    const auth = (): object => ({ token: ben.token, resume: { [stream]: heard().at(-1)?.seq ?? 0 } });
    const client: SocketIoClient = stand.socketIo({ auth, reconnection: true });
    await client.next('events');
    client.socket.io.engine.close();
    const { body } = await stand.command(ann, stream, { type: 'post', text: 'meanwhile' });
    await client.next('events', ({ events }) => events.some(({ seq }) => seq === body['seq']));
    assert.deepEqual(
      heard().map(({ seq }) => seq),
      [1, 2],
    );
  });

  it('is disconnected for good when its session is revoked', async () => {
    const { body } = await stand.ask('POST', '/sessions', { body: { name: 'ben', password: 'a fine pass phrase' } });
    const client = await open({ auth: { token: String(body['token']) }, reconnection: true }).connected();
    const { session } = await client.next('welcome');
    await stand.ask('DELETE', `/sessions/${session}`, ben);
    assert.equal(await client.ended(), 'io server disconnect');
    assert.equal((await client.next('error')).error.code, 'unauthenticated');
    assert.equal(client.socket.active, false, 'it does not come back by itself');
  });

  it('is asked where its page is from, as by the native socket', async () => {
    const cookie = `parley_session=${ann.token}`;
    for (const origin of ['https://evil.example', 'null', 'file://']) {
      const client = open({ headers: { cookie, origin } });
      await until('it is refused', () => client.failure !== undefined);
      assert.equal(client.socket.connected, false, origin);
    }
    const { origin } = new URL(stand.node.url);
    await open({ headers: { cookie, origin } }).connected();
  });

  it('finds no long polling, and is told what to set', async () => {
    const answer = await fetch(`${stand.node.url}/socket.io/?EIO=4&transport=polling`);
    assert.equal(answer.status, 400);
    assert.match(await answer.text(), /websocket/);
  });

  it('is answered whatever it says, and let go after ten times of nonsense', async () => {
    const client = await live(ann);
    const nonsense: readonly (readonly [string, ...unknown[]])[] = [
      ['nothing of the kind', {}],
      ['hello', { token: ann.token }],
      ['send'],
      ['send', 'text'],
      ['send', {}, {}],
      ['watch', []],
      ['resume', { nobody: 'x' }],
      ['ping', { id: 1, more: true }],
      ['send', say(ann.id, 'x'), null],
      ['send', { ...say(ann.id, 'x'), command: { type: 'setPreference', key: 'k', value: Buffer.from('binary') } }],
    ];
    for (const [event, ...values] of nonsense) {
      const answer = await client.ask(event, ...values);
      assert.ok(answer.t === 'error' && answer.error.code === 'bad-frame', `${event}: ${JSON.stringify(answer)}`);
    }
    client.socket.emit('nothing of the kind');
    assert.equal(await client.ended(), 'io server disconnect');
    await live(ann);
  });

  it('sends nothing larger than a frame may be', async () => {
    const client = await live(ann);
    client.socket.emit('send', say(ann.id, 'x'.repeat(limits.maxFrameBytes)));
    await client.ended();
    assert.equal((await client.next('error')).error.code, 'frame-too-large');
    const other = await live(ann);
    other.socket.emit('send', say(ann.id, 'x'.repeat(limits.maxFrameBytes * 3)));
    await other.ended();
    await live(ann);
  });
});

describe('without --socket-io', () => {
  it('nothing is at /socket.io/', async () => {
    await using stand = await Stand.open(['--socket-io', 'off']);
    const ann = await stand.signUp('ann');
    const client = new SocketIoClient(stand.node.url, { auth: { token: ann.token } });
    await until('it is refused', () => client.failure !== undefined);
    client.close();
    assert.equal((await fetch(`${stand.node.url}/socket.io/?EIO=4&transport=polling`)).status, 404);
  });
});

describe('a server that stops', () => {
  it('says goodbye to clients of Socket.IO and lets them come back by themselves', async () => {
    const stand = await Stand.open();
    const ann = await stand.signUp('ann');
    const client = await new SocketIoClient(stand.node.url, {
      auth: { token: ann.token },
      reconnection: true,
    }).connected();
    await stand[Symbol.asyncDispose]();
    await client.next('bye');
    assert.notEqual(await client.ended(), 'io server disconnect');
    assert.equal(client.socket.active, true, 'it tries again');
    client.close();
  });
});

describe('a limit of sockets', () => {
  it('counts clients of Socket.IO too, and tells them why they are not let in', async () => {
    await using stand = await Stand.open(['--sockets-per-account', '1']);
    const ann = await stand.signUp('ann');
    const first = await stand.socketIo({ auth: { token: ann.token } }).connected();
    const second = stand.socketIo({ auth: { token: ann.token } });
    assert.equal((await second.refused()).code, 'limit-reached');
    first.close();
    await until('there is room again', async () => {
      const again = stand.socketIo({ auth: { token: ann.token } });
      await until('it is answered', () => again.socket.connected || again.failure !== undefined);
      return again.socket.connected;
    });
  });
});
