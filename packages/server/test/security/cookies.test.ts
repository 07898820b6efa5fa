import assert from 'node:assert/strict';
import { once } from 'node:events';
import { after, before, describe, it } from 'node:test';
import { newUserId } from '@parley/protocol';
import { WebSocket } from 'ws';
import { longestMs } from '../../src/accounts/sessions.ts';
import { cookieNameFor, isOfOldName, tokenOf } from '../../src/http/authentication.ts';
import { Stand } from '../node/stand.ts';

const body = { name: 'ann', password: 'a fine pass phrase' };

interface Ask {
  readonly headers?: Record<string, string>;
  readonly body?: object;
}

describe('the cookie of a session', () => {
  describe('where people come by TLS', () => {
    let stand: Stand;
    let token = '';
    let planted = '';
    before(async () => {
      stand = await Stand.open(['--public-url', 'https://chat.example']);
      const { headers } = await ask('POST', '/accounts', { body });
      planted = headers.get('set-cookie') ?? '';
      token = /=(pt_[^;]+)/.exec(planted)?.[1] ?? '';
    });
    after(() => stand[Symbol.asyncDispose]());

    /** By its port: its address is another, where the proxy is. */
    const ask = async (method: string, path: string, { headers = {}, body: sent }: Ask): Promise<Response> =>
      fetch(`http://127.0.0.1:${stand.node.port}/api/v1${path}`, {
        method,
        headers: { ...headers, ...(sent === undefined ? {} : { 'content-type': 'application/json' }) },
        ...(sent === undefined ? {} : { body: JSON.stringify(sent) }),
      });

    it('has a name under which no site beside this one can plant another, as browsers demand of such a name', () => {
      const [pair, ...attributes] = planted.split('; ');
      assert.equal(pair, `__Host-parley_session=${token}`);
      for (const wanted of ['Secure', 'HttpOnly', 'SameSite=Strict', 'Path=/'])
        assert.ok(attributes.includes(wanted), wanted);
      assert.ok(!/domain/i.test(planted));
    });

    it('counts before one under the old name, whichever comes first', async () => {
      for (const pairs of [
        [`__Host-parley_session=${token}`, 'parley_session=pt_planted'],
        ['parley_session=pt_planted', `__Host-parley_session=${token}`],
      ]) {
        const answer = await ask('GET', '/me', { headers: { cookie: pairs.join('; ') } });
        assert.equal(answer.status, 200);
      }
    });

    it('opens no socket under the old name', async () => {
      for (const [name, wanted] of [
        ['__Host-parley_session', 'welcome'],
        ['parley_session', 'unauthenticated'],
      ]) {
        const headers = { cookie: `${name}=${token}` };
        const socket = new WebSocket(`ws://127.0.0.1:${stand.node.port}/ws`, 'parley.v1', { headers });
        await once(socket, 'open');
        socket.send('{"t":"hello"}');
        const [frame] = (await once(socket, 'message')) as [Buffer];
        assert.ok(String(frame).includes(`"${wanted}"`), String(frame));
        socket.terminate();
      }
    });

    it('is taken away under its own name by signing out', async () => {
      const { headers } = await ask('DELETE', '/sessions/current', {
        headers: { cookie: `__Host-parley_session=${token}`, origin: 'https://chat.example' },
      });
      assert.match(headers.get('set-cookie') ?? '', /^__Host-parley_session=;.*Secure/);
    });
  });

  it('has the plain name without TLS, where browsers take no other', () => {
    assert.equal(cookieNameFor(false), 'parley_session');
    assert.deepEqual(tokenOf({ cookie: 'parley_session=pt_x' }, false), {
      token: 'pt_x',
      isCookie: true,
      isOldName: false,
    });
    assert.equal(tokenOf({ cookie: 'parley_session=pt_x' }, true)?.isOldName, true);
  });

  it('of a session from before the name changed is taken once more; one that began after was planted', () => {
    const changed = Date.UTC(2026, 10, 26);
    const principal = { user: newUserId(), session: 's', serverRole: 'member' } as const;
    assert.equal(isOfOldName({ ...principal, expiresAt: changed + longestMs - 1 }), true);
    assert.equal(isOfOldName({ ...principal, expiresAt: changed + longestMs }), false);
    assert.equal(isOfOldName(principal), false);
  });
});
