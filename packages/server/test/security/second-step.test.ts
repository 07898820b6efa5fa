import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { Secret, TOTP } from 'otpauth';
import { type Answer, Stand } from '../node/stand.ts';

const password = 'a fine pass phrase';

describe('an account that asks for a code', () => {
  let stand: Stand;
  let secret = '';
  let recovery: string[] = [];
  let token = '';
  before(async () => {
    stand = await Stand.open();
    ({ token } = await stand.signUp('ann'));
  });
  after(() => stand[Symbol.asyncDispose]());

  const post = (path: string, body: object, by?: string): Promise<Answer> =>
    stand.ask('POST', path, { body, ...(by === undefined ? {} : { token: by }) });
  const codeNow = (): string => TOTP.generate({ secret: Secret.fromBase32(secret) });
  const challenge = async (): Promise<string> =>
    String((await post('/sessions', { name: 'ann', password })).body['challenge']);

  it('has it turned on by who knows the password and has the app', async () => {
    assert.equal((await post('/one-time-codes', {}, token)).error?.code, 'wrong-credentials');
    assert.equal(
      (await post('/one-time-codes', { password: 'not it at all' }, token)).error?.code,
      'wrong-credentials',
    );
    const begun = await post('/one-time-codes', { password }, token);
    secret = String(begun.body['secret']);
    const on = await post('/one-time-codes/confirmation', { code: codeNow() }, token);
    assert.equal(on.status, 200, JSON.stringify(on.body));
    recovery = on.body['recoveryCodes'] as string[];
    assert.equal(recovery.length, 10);
  });

  it('gives nobody a session for the password alone, and no cookie', async () => {
    const { status, body, headers } = await post('/sessions', { name: 'ann', password });
    assert.deepEqual([status, Object.keys(body).toSorted()], [200, ['challenge', 'expiresInMs']]);
    assert.equal(headers.get('set-cookie'), null);
    const wrong = await post('/sessions', { name: 'ann', password: 'a wrong phrase' });
    assert.equal(wrong.error?.code, 'wrong-credentials', 'that a code is asked for is told to who has the password');
    assert.equal((await stand.ask('GET', '/me', { token: String(body['challenge']) })).status, 401);
  });

  it('lets in who gives a code that was not used, once for each challenge', async () => {
    const first = await challenge();
    assert.equal((await post('/sessions/code', { challenge: first, code: '12345' })).error?.code, 'wrong-code');
    const [one = '', two = ''] = recovery;
    const signedIn = await post('/sessions/code', { challenge: first, code: one });
    assert.equal(signedIn.status, 201);
    assert.match(signedIn.headers.get('set-cookie') ?? '', /parley_session=pt_/);
    assert.equal((await stand.ask('GET', '/me', { token: String(signedIn.body['token']) })).status, 200);
    assert.equal((await post('/sessions/code', { challenge: first, code: two })).error?.code, 'link-invalid');
    const second = await challenge();
    assert.equal((await post('/sessions/code', { challenge: second, code: one })).error?.code, 'wrong-code');
    assert.equal((await post('/sessions/code', { challenge: second, code: two })).status, 201);
  });

  it('asks for none any more when who has password and code turned it off', async () => {
    const [, , three = '', four = ''] = recovery;
    const off = (body: object) => post('/one-time-codes/removal', body, token);
    assert.equal((await off({ password })).error?.code, 'bad-request');
    assert.equal((await off({ code: three })).error?.code, 'wrong-credentials');
    assert.equal((await off({ password, code: '000000' })).error?.code, 'wrong-code');
    assert.equal((await off({ password, code: four })).status, 204);
    assert.equal((await post('/sessions', { name: 'ann', password })).status, 201);
  });
});
