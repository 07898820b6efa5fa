import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { Secret, TOTP } from 'otpauth';
import { type Answer, type SignedUp, Stand } from '../node/stand.ts';
import { until } from '../until.ts';
import { Authenticator } from './authenticator.ts';

const password = 'a fine pass phrase';

describe('somebody who has lost what they sign in with', () => {
  let stand: Stand;
  let root: SignedUp;
  let eve: SignedUp;
  before(async () => {
    stand = await Stand.open();
    root = await stand.signUp('root');
    eve = await stand.signUp('eve');
  });
  after(() => stand[Symbol.asyncDispose]());

  const post = (path: string, body: object, who?: SignedUp): Promise<Answer> =>
    stand.ask('POST', path, { body, ...(who === undefined ? {} : { token: who.token }) });
  const help = (by: SignedUp, user: string, ...factors: string[]): Promise<Answer> =>
    post('/admin/lost-factors', { user, factors }, by);
  const setUpApp = async (who: SignedUp): Promise<void> => {
    const { body } = await post('/one-time-codes', { password }, who);
    const code = TOTP.generate({ secret: Secret.fromBase32(String(body['secret'])) });
    assert.equal((await post('/one-time-codes/confirmation', { code }, who)).status, 200);
  };
  const makePasskey = async (who: SignedUp): Promise<Authenticator> => {
    const device = new Authenticator(new URL(stand.node.url).origin);
    const { body } = await post('/passkeys/registration', { password }, who);
    const response = device.create(body as never);
    assert.equal((await post('/passkeys', { name: 'phone', response }, who)).status, 201);
    return device;
  };
  const signIn = async (name: string): Promise<string[]> =>
    Object.keys((await post('/sessions', { name, password })).body).toSorted();

  it('signs in with the password alone once an administrator took it off; their sessions and tokens have ended', async () => {
    const ann = await stand.signUp('ann');
    const device = await makePasskey(ann);
    await setUpApp(ann);
    const made = await post('/tokens', { name: 'robot', scopes: ['read'], password }, ann);
    const socket = await stand.live(ann);
    assert.deepEqual(await signIn('ann'), ['challenge', 'expiresInMs']);

    const helped = await help(root, ann.id, 'one-time-codes', 'passkeys');
    assert.deepEqual([helped.status, helped.body], [200, { oneTimeCodes: true, passkeys: 1 }]);
    await socket.closed();
    for (const token of [ann.token, String(made.body['token'])])
      assert.equal((await stand.ask('GET', '/me', { token })).error?.code, 'unauthenticated');
    const { body: challenge } = await post('/passkeys/challenge', {});
    const response = device.get(challenge as never);
    assert.equal((await post('/sessions/passkey', { response })).error?.code, 'passkey-refused');
    assert.deepEqual(await signIn('ann'), ['token', 'user']);

    await until('the audit log tells of it', async () => {
      const { body } = await stand.ask('GET', '/admin/audit?limit=100', root);
      const entries = body['entries'] as { act: string; actor?: string; target?: string; detail?: object }[];
      return entries.some(
        ({ act, actor, target, detail }) =>
          act === 'credential.removed' &&
          actor === root.id &&
          target === ann.id &&
          JSON.stringify(detail) === '{"oneTimeCodes":true,"passkeys":1}',
      );
    });
  });

  it('loses no more than what was said: passkeys stay where only the app is lost', async () => {
    const bob = await stand.signUp('bob');
    const device = await makePasskey(bob);
    await setUpApp(bob);
    assert.deepEqual((await help(root, bob.id, 'one-time-codes')).body, { oneTimeCodes: true, passkeys: 0 });
    const { body: challenge } = await post('/passkeys/challenge', {});
    assert.equal((await post('/sessions/passkey', { response: device.get(challenge as never) })).status, 201);
    assert.deepEqual((await help(root, bob.id, 'one-time-codes')).body, { oneTimeCodes: false, passkeys: 0 });
  });

  it('is helped by nobody who is not above them, and what is not understood changes nothing', async () => {
    const cyd = await stand.signUp('cyd');
    await setUpApp(cyd);
    for (const by of [eve, cyd]) assert.equal((await help(by, cyd.id, 'one-time-codes')).error?.code, 'forbidden');
    assert.equal((await help(root, root.id, 'passkeys')).error?.code, 'forbidden', 'nor by themselves');
    const accounts = [{ name: 'adm', serverRole: 'admin', password }];
    await post('/admin/accounts', { accounts }, root);
    const { body } = await post('/sessions', { name: 'adm', password });
    const adm = { token: String(body['token']), id: (body['user'] as { id: string }).id };
    assert.equal((await help(adm, root.id, 'passkeys')).error?.code, 'forbidden');
    assert.equal((await help(adm, adm.id, 'passkeys')).error?.code, 'forbidden');
    for (const factors of [[], ['password'], 'passkeys'])
      assert.equal((await post('/admin/lost-factors', { user: cyd.id, factors }, root)).error?.code, 'bad-request');
    assert.deepEqual(await signIn('cyd'), ['challenge', 'expiresInMs']);
    const token = await post('/tokens', { name: 'robot', scopes: ['admin'], password }, root);
    assert.equal(
      (await help({ token: String(token.body['token']), id: root.id }, cyd.id, 'one-time-codes')).error?.code,
      'forbidden',
      'a token that leaks takes no second step off',
    );
  });
});
