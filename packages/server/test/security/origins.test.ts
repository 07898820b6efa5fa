import assert from 'node:assert/strict';
import { once } from 'node:events';
import { after, before, describe, it } from 'node:test';
import { newCid } from '@parley/protocol';
import { WebSocket } from 'ws';
import { routes } from '../../../../scripts/docs/routes.ts';
import { type SignedUp, Stand } from '../node/stand.ts';

const allowed = 'https://partner.example';

describe('a page of somebody else, in the browser of somebody who is signed in', () => {
  let stand: Stand;
  let ann: SignedUp;
  before(async () => {
    stand = await Stand.open(['--allowed-origins', allowed, '--rate-burst', '100000']);
    ann = await stand.signUp('ann');
  });
  after(() => stand[Symbol.asyncDispose]());

  const cookie = (): string => `parley_session=${ann.token}`;
  const foreign = (): readonly string[] => {
    const { host, port } = new URL(stand.node.url);
    return [
      'https://evil.example',
      'null',
      `http://${host}.evil.example`,
      `http://evil.example:${port}`,
      `http://localhost.evil.example:${port}`,
      `http://127.0.0.1:${Number(port) + 1}`,
      'file://',
      'not an origin',
    ];
  };
  const changing = routes.filter(({ method }) => method !== 'GET');
  const pathOf = (path: string): string => path.replace(':id', 'none').replace(':code', 'none');

  it('changes nothing by any route that changes something, nor signs anybody in', async () => {
    assert.ok(changing.length >= 10);
    for (const { method, path } of changing) {
      for (const origin of foreign()) {
        const headers = { cookie: cookie(), origin, 'idempotency-key': newCid() };
        const { status, error } = await stand.ask(method, pathOf(path), { headers, body: {} });
        assert.deepEqual([status, error?.code], [403, 'forbidden'], `${method} ${path} from ${origin}`);
      }
    }
    assert.equal((await stand.ask('GET', '/me', ann)).status, 200, 'still signed in');
  });

  it('is told by no header that it may read the answers', async () => {
    for (const origin of foreign()) {
      const { headers } = await stand.ask('GET', '/me', { headers: { cookie: cookie(), origin } });
      assert.equal(headers.get('access-control-allow-origin'), null);
      const asked = await fetch(`${stand.node.url}/api/v1/me`, {
        method: 'OPTIONS',
        headers: { origin, 'access-control-request-method': 'PATCH' },
      });
      assert.equal(asked.headers.get('access-control-allow-methods'), null);
    }
  });

  it('is let in by its own origin and by those of the list', async () => {
    const own = new URL(stand.node.url);
    for (const origin of [`http://${own.host}`, allowed]) {
      const headers = { cookie: cookie(), origin };
      assert.equal((await stand.ask('PATCH', '/me', { headers, body: { status: 'here' } })).status, 200, origin);
    }
  });

  it('opens no socket, whatever it offers', async () => {
    for (const origin of foreign()) {
      const headers = { cookie: cookie(), origin };
      const socket = new WebSocket(`${stand.node.url.replace('http', 'ws')}/ws`, 'parley.v1', { headers });
      const [, answer] = (await once(socket, 'unexpected-response')) as [unknown, { statusCode: number }];
      assert.equal(answer.statusCode, 403, origin);
      socket.on('error', () => undefined);
      socket.terminate();
    }
    const socket = new WebSocket(`${stand.node.url.replace('http', 'ws')}/ws`, 'parley.v1', {
      headers: { cookie: cookie(), origin: allowed },
    });
    await once(socket, 'open');
    socket.send('{"t":"hello"}');
    const [frame] = (await once(socket, 'message')) as [Buffer];
    assert.match(String(frame), /"welcome"/);
    socket.terminate();
  });

  it('finds the cookie out of reach of scripts, and sent from nowhere else', async () => {
    const body = { name: 'ann', password: 'a fine pass phrase' };
    const { headers } = await stand.ask('POST', '/sessions', { body });
    const attributes = (headers.get('set-cookie') ?? '').split('; ');
    for (const wanted of ['HttpOnly', 'SameSite=Strict', 'Path=/']) assert.ok(attributes.includes(wanted), wanted);
  });
});
