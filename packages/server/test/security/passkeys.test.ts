import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import { type Answer, type SignedUp, Stand } from '../node/stand.ts';
import { Authenticator, type Tampering } from './authenticator.ts';

const password = 'a fine pass phrase';

describe('a passkey', () => {
  let stand: Stand;
  let origin = '';
  let ann: SignedUp;
  let device: Authenticator;
  before(async () => {
    stand = await Stand.open(['--rate-burst', '100000']);
    origin = new URL(stand.node.url).origin;
    ann = await stand.signUp('ann');
  });
  after(() => stand[Symbol.asyncDispose]());

  const post = (path: string, body: object, who?: SignedUp): Promise<Answer> =>
    stand.ask('POST', path, { body, ...(who === undefined ? {} : { token: who.token }) });
  const begin = async (who: SignedUp): Promise<Parameters<Authenticator['create']>[0]> =>
    (await post('/passkeys/registration', { password }, who)).body as never;
  const add = async (who: SignedUp, made: Authenticator, tampering: Tampering = {}): Promise<Answer> =>
    post('/passkeys', { name: 'laptop', response: made.create(await begin(who), tampering) }, who);
  const challenge = async (): Promise<{ challenge: string }> =>
    (await post('/passkeys/challenge', {})).body as { challenge: string };
  const enter = (response: object): Promise<Answer> => post('/sessions/passkey', { response });
  const isRefused = ({ status, error, headers }: Answer): boolean =>
    status === 401 && error?.code === 'passkey-refused' && headers.get('set-cookie') === null;

  it('is made by who knows the password, and listed by its name without its key', async () => {
    assert.equal((await post('/passkeys/registration', {}, ann)).error?.code, 'wrong-credentials');
    device = new Authenticator(origin);
    const made = await add(ann, device);
    assert.equal(made.status, 201, JSON.stringify(made.body));
    const { body } = await stand.ask('GET', '/passkeys', ann);
    const [passkey] = body['passkeys'] as Record<string, unknown>[];
    assert.deepEqual(Object.keys(passkey ?? {}).toSorted(), ['createdAt', 'id', 'isSynced', 'name']);
    const id = String(passkey?.['id']);
    const renamed = await stand.ask('PATCH', `/passkeys/${id}`, { token: ann.token, body: { name: 'phone' } });
    assert.equal(renamed.body['name'], 'phone');
  });

  it('that was made for another page, another challenge or without its owner’s finger is not taken', async () => {
    for (const tampering of [
      { origin: 'https://evil.example' },
      { host: 'evil.example' },
      { challenge: 'AAAA' },
      { type: 'webauthn.get' },
      { isVerified: false },
    ])
      assert.ok(isRefused(await add(ann, new Authenticator(origin), tampering)), JSON.stringify(tampering));
    const options = await begin(ann);
    const twice = new Authenticator(origin);
    const response = twice.create(options);
    assert.equal((await post('/passkeys', { name: 'x', response }, ann)).status, 201);
    const again = new Authenticator(origin).create(options);
    assert.ok(isRefused(await post('/passkeys', { name: 'x', response: again }, ann)), 'a challenge is answered once');
    const bob = await stand.signUp('bob');
    const theirs = new Authenticator(origin).create(await begin(ann));
    assert.ok(isRefused(await post('/passkeys', { name: 'x', response: theirs }, bob)), 'it was another’s challenge');
  });

  it('lets its owner in without a name, a password or a code', async () => {
    const signedIn = await enter(device.get(await challenge()));
    assert.equal(signedIn.status, 201, JSON.stringify(signedIn.body));
    assert.equal((signedIn.body['user'] as { id: string }).id, ann.id);
    assert.match(signedIn.headers.get('set-cookie') ?? '', /parley_session=pt_/);
    assert.equal((await stand.ask('GET', '/me', { token: String(signedIn.body['token']) })).status, 200);
  });

  it('lets nobody in by an answer that was seen before, at another time or at the same', async () => {
    const seen = device.get(await challenge());
    assert.equal((await enter(seen)).status, 201);
    assert.ok(isRefused(await enter(seen)));
    const fresh = device.get(await challenge());
    const statuses = (await Promise.all(Array.from({ length: 5 }, () => enter(fresh)))).map(({ status }) => status);
    assert.deepEqual(
      statuses.toSorted((a, b) => a - b),
      [201, 401, 401, 401, 401],
    );
    // One whose challenge is older than the last that was answered: kept back by somebody on the way.
    const [first, second] = [await challenge(), await challenge()];
    const keptBack = device.get(first);
    assert.equal((await enter(device.get(second))).status, 201);
    assert.ok(isRefused(await enter(keptBack)));
  });

  it('lets nobody in by an answer that is forged', async () => {
    const other = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
    const bob = await stand.ask('POST', '/sessions', { body: { name: 'bob', password } });
    const bobId = (bob.body['user'] as { id: string }).id;
    const forgeries: readonly Tampering[] = [
      { origin: 'https://evil.example' },
      { origin: origin.replace('http:', 'https:') },
      { host: 'evil.example' },
      { type: 'webauthn.create' },
      { isVerified: false },
      { signWith: other },
      { counter: 0 },
      { userHandle: Buffer.from(bobId).toString('base64url') },
      { userHandle: '' },
      { userHandle: 'bm9ib2R5' },
      { challenge: 'A'.repeat(64) },
      { challenge: '' },
    ];
    for (const forgery of forgeries)
      assert.ok(isRefused(await enter(device.get(await challenge(), forgery))), JSON.stringify(Object.keys(forgery)));
    const ours = (await challenge()).challenge;
    const tampered = `${ours.startsWith('A') ? 'B' : 'A'}${ours.slice(1)}`;
    assert.ok(isRefused(await enter(device.get({ challenge: tampered }))), 'its time was changed');
    const honest = device.get(await challenge());
    assert.ok(isRefused(await enter({ ...honest, id: Buffer.from('another').toString('base64url') })));
    for (const malformed of [{}, { id: 'x' }, { ...honest, response: {} }, { ...honest, type: 'password' }])
      assert.equal((await enter(malformed)).error?.code, 'bad-request');
    assert.equal((await enter(device.get(await challenge()))).status, 201, 'and the honest one still works');
  });

  it('that was removed lets nobody in; nobody removes another’s', async () => {
    const { body } = await stand.ask('GET', '/passkeys', ann);
    const phone = (body['passkeys'] as { id: string; name: string }[]).find(({ name }) => name === 'phone');
    const bob = await stand.ask('POST', '/sessions', { body: { name: 'bob', password } });
    const at = `/passkeys/${phone?.id}`;
    assert.equal((await stand.ask('DELETE', at, { token: String(bob.body['token']) })).status, 404);
    assert.equal((await stand.ask('DELETE', at, ann)).status, 204);
    assert.ok(isRefused(await enter(device.get(await challenge()))));
  });
});
