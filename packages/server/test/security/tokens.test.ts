import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import { type SignedUp, Stand } from '../node/stand.ts';

describe('a token', () => {
  let stand: Stand;
  let ann: SignedUp;
  before(async () => {
    stand = await Stand.open(['--rate-burst', '100000']);
    ann = await stand.signUp('ann');
  });
  after(() => stand[Symbol.asyncDispose]());

  /** The status of a read by REST in both ways to present it, and of a socket. */
  const tries = async (token: string): Promise<string> => {
    const encoded = encodeURIComponent(token);
    const bearer = await stand.ask('GET', '/me', { headers: { authorization: `Bearer ${encoded}` } });
    const cookie = await stand.ask('GET', '/me', { headers: { cookie: `parley_session=${encoded}` } });
    const client = await stand.connect();
    client.send({ t: 'hello', token });
    const answer = await Promise.race([client.next('welcome'), client.next('error')]);
    client.close();
    return [bearer.status, cookie.status, answer.t === 'welcome' ? 'welcome' : answer.error.code].join(' ');
  };

  it('that was made up, cut, lengthened or turned around is nobody’s', async () => {
    const { token } = ann;
    assert.equal(await tries(token), '200 200 welcome');
    const body = token.slice(3);
    const forged = [
      '',
      'pt_',
      body,
      token.slice(0, -1),
      `${token}A`,
      `${token}\u0000`,
      token.toUpperCase(),
      `pt_${body.slice(0, -1)}${body.endsWith('A') ? 'B' : 'A'}`,
      `pt_${Array.from(body).toReversed().join('')}`,
      `pt_${createHash('sha256').update(token).digest('base64url')}`,
      createHash('sha256').update(token).digest('hex'),
      'undefined',
      'null',
      '[object Object]',
      "' OR '1'='1",
      'eyJhbGciOiJub25lIn0.eyJzdWIiOiJhbm4ifQ.',
    ];
    for (const each of forged) assert.equal(await tries(each), '401 401 unauthenticated', JSON.stringify(each));
  });

  it('in an address is not looked at, so that none ends up in a log', async () => {
    const { token } = ann;
    assert.equal((await stand.ask('GET', `/me?token=${token}`)).status, 401);
    assert.equal((await stand.ask('GET', `/me?access_token=${token}`)).status, 401);
    const socket = new WebSocket(`${stand.node.url.replace('http', 'ws')}/ws?token=${token}`, 'parley.v1');
    const frames: string[] = [];
    const closed = new Promise<void>((resolve) => {
      socket.onclose = () => resolve();
    });
    socket.onmessage = ({ data }) => frames.push(String(data));
    socket.onopen = () => socket.send('{"t":"hello"}');
    await closed;
    assert.match(frames.join(), /unauthenticated/);
  });

  it('is worth nothing once its session has ended, however it is brought back', async () => {
    const bob = await stand.signUp('bob');
    const used = await stand.live(bob);
    await stand.ask('DELETE', '/sessions/current', bob);
    assert.equal(await used.closed(), 1008);
    assert.equal(await tries(bob.token), '401 401 unauthenticated');
    const again = await stand.ask('POST', '/sessions', {
      headers: { cookie: `parley_session=${bob.token}` },
      body: { name: 'bob', password: 'a fine pass phrase' },
    });
    assert.notEqual(again.body['token'], bob.token, 'a new session has a new token');
    assert.equal(await tries(bob.token), '401 401 unauthenticated');
  });

  it('is new at every sign-in, whatever was presented before: nobody can plant theirs', async () => {
    const planted = `pt_${'A'.repeat(43)}`;
    const { headers, body } = await stand.ask('POST', '/sessions', {
      headers: { cookie: `parley_session=${planted}` },
      body: { name: 'ann', password: 'a fine pass phrase' },
    });
    assert.notEqual(body['token'], planted);
    assert.ok(!(headers.get('set-cookie') ?? '').includes(planted));
    assert.equal(await tries(planted), '401 401 unauthenticated');
  });

  it('of one person ends no session of another', async () => {
    const [cyd, dee] = [await stand.signUp('cyd'), await stand.signUp('dee')];
    const { body } = await stand.ask('GET', '/sessions', dee);
    const [session] = body['sessions'] as { id: string }[];
    const witness = await stand.live(dee);
    for (const id of [session?.id ?? '', 'made-up']) {
      const { status, error } = await stand.ask('DELETE', `/sessions/${id}`, cyd);
      assert.deepEqual([status, error?.code], [404, 'not-found']);
    }
    witness.send({ t: 'ping', id: 1 });
    await witness.next('pong');
    assert.equal((await stand.ask('GET', '/me', dee)).status, 200);
  });
});
