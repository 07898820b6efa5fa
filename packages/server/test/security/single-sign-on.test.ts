import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { Secret, TOTP } from 'otpauth';
import { openProvider } from '../../src/accounts/open-provider.ts';
import { type Answer, type SignedUp, Stand } from '../node/stand.ts';
import { freePort } from './free-port.ts';
import { Mailbox } from './mailbox.ts';
import { clientId, clientSecret, type ProviderAccount, TestProvider, Wanderer } from './provider.ts';

const password = 'a fine pass phrase';

describe('single sign-on, by a real provider', () => {
  let provider: TestProvider;
  let mailbox: Mailbox;
  let stand: Stand;
  let url = '';
  /** Kept, since strangers' requests from one address are counted, and all of these are. */
  let rootToken = '';
  before(async () => {
    url = `http://127.0.0.1:${await freePort()}`;
    [provider, mailbox] = await Promise.all([TestProvider.open(`${url}/api/v1/sso/callback`), Mailbox.open()]);
    const oidc = ['--oidc-issuer', provider.issuer, '--oidc-client-id', clientId, '--oidc-client-secret', clientSecret];
    const own = [
      '--port',
      new URL(url).port,
      '--public-url',
      url,
      '--registration',
      'invite',
      '--rate-burst',
      '100000',
    ];
    stand = await Stand.open([...oidc, ...own, ...mailbox.flags]);
    rootToken = String((await stand.ask('POST', '/accounts', { body: { name: 'root', password } })).body['token']);
  });
  after(async () => {
    await stand[Symbol.asyncDispose]();
    await provider[Symbol.asyncDispose]();
    await mailbox[Symbol.asyncDispose]();
  });

  const member = async (name: string): Promise<SignedUp> => {
    const accounts = [{ name, password }];
    const body = { accounts, tokens: true };
    const made = await stand.ask('POST', '/admin/accounts', { token: rootToken, body });
    const [account] = made.body['accounts'] as { token: string; user: { id: string } }[];
    assert.ok(account !== undefined);
    return { token: account.token, id: account.user.id };
  };
  const prove = async ({ token }: SignedUp, email: string): Promise<void> => {
    await stand.ask('POST', '/email', { token, body: { email, password } });
    const proof = await mailbox.nextToken(email);
    assert.equal((await stand.ask('POST', '/email/confirmation', { body: { token: proof } })).status, 204);
  };
  const isCallback = (at: string): boolean => at.startsWith(`${url}/api/v1/sso/callback`);
  /** Goes to the provider as somebody, and to the door on the way back. */
  const comeBack = async (browser: Wanderer, as: ProviderAccount, who?: SignedUp): Promise<string> => {
    provider.current = as;
    const begun = await browser.go(`${url}/api/v1/sso${who === undefined ? '' : '/link'}`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        ...(who === undefined ? {} : { authorization: `Bearer ${who.token}` }),
      },
      body: JSON.stringify(who === undefined ? {} : { password }),
    });
    const { url: at } = (await begun.json()) as { url: string };
    return browser.until(at, isCallback);
  };
  const enter = async (browser: Wanderer, at: string): Promise<string> =>
    (await browser.go(at)).headers.get('location') ?? '';
  const me = async (browser: Wanderer): Promise<Answer['body']> =>
    (await (await browser.go(`${url}/api/v1/me`)).json()) as Answer['body'];

  it('asks the provider with PKCE, state and nonce, and keeps nothing that a script could read', async () => {
    const begun = await fetch(`${url}/api/v1/sso`, { method: 'POST' });
    const { searchParams } = new URL(((await begun.json()) as { url: string }).url);
    assert.equal(searchParams.get('code_challenge_method'), 'S256');
    for (const name of ['code_challenge', 'state', 'nonce'])
      assert.ok((searchParams.get(name) ?? '').length >= 32, name);
    assert.equal(searchParams.get('redirect_uri'), `${url}/api/v1/sso/callback`);
    assert.match(begun.headers.get('set-cookie') ?? '', /HttpOnly; SameSite=Lax/);
  });

  it('lets in whose address the provider and this server both know to be theirs, from then on by who they are', async () => {
    const ann = await member('ann');
    await prove(ann, 'ann@example.org');
    const browser = new Wanderer();
    const as = { sub: 'ann-there', email: 'ANN@example.org', email_verified: true };
    assert.equal(await enter(browser, await comeBack(browser, as)), '/');
    assert.equal((await me(browser))['id'], ann.id);
    const other = new Wanderer();
    assert.equal(await enter(other, await comeBack(other, { ...as, email: 'new@example.org' })), '/');
    assert.equal((await me(other))['id'], ann.id, 'an identity stays somebody’s when its address changes');
  });

  it('takes no name, no address that is not proved, there or here, and no stranger for somebody', async () => {
    const bob = await member('bob');
    await prove(bob, 'bob@example.org');
    const cyd = await member('cyd');
    await stand.ask('POST', '/email', { token: cyd.token, body: { email: 'cyd@example.org', password } });
    const pretenders: readonly ProviderAccount[] = [
      { sub: 'bob' },
      { sub: bob.id },
      { sub: 'm1', preferred_username: 'bob', name: 'bob' },
      { sub: 'm2', email: 'bob@example.org', email_verified: false },
      { sub: 'm3', email: 'bob@example.org' },
      { sub: 'm4', email: 'cyd@example.org', email_verified: true },
      { sub: 'm5', email: 'stranger@example.org', email_verified: true },
    ];
    for (const as of pretenders) {
      const browser = new Wanderer();
      assert.equal(await enter(browser, await comeBack(browser, as)), '/signin#error=sso-unknown', as.sub);
      assert.equal(browser.cookiesOf(url).size, 0, 'no session, and the ticket is gone');
    }
  });

  it('links an identity to the account of who is signed in and wishes so, and takes it away again', async () => {
    const dee = await member('dee');
    const browser = new Wanderer();
    assert.equal(await enter(browser, await comeBack(browser, { sub: 'dee-there' }, dee)), '/');
    assert.equal(browser.cookiesOf(url).size, 0, 'linking is no sign-in');
    const again = new Wanderer();
    assert.equal(await enter(again, await comeBack(again, { sub: 'dee-there' })), '/');
    assert.equal((await me(again))['id'], dee.id);
    const eve = await member('eve');
    const thief = new Wanderer();
    assert.equal(await enter(thief, await comeBack(thief, { sub: 'dee-there' }, eve)), '/signin#error=already-exists');
    const { body } = await stand.ask('GET', '/sso', dee);
    const [link] = body['links'] as { id: string }[];
    assert.equal((await stand.ask('DELETE', `/sso/${link?.id}`, eve)).status, 404);
    assert.equal((await stand.ask('DELETE', `/sso/${link?.id}`, dee)).status, 204);
    const gone = new Wanderer();
    assert.equal(await enter(gone, await comeBack(gone, { sub: 'dee-there' })), '/signin#error=sso-unknown');
    const noPassword = await stand.ask('POST', '/sso/link', { token: dee.token, body: {} });
    assert.equal(noPassword.error?.code, 'wrong-credentials');
  });

  it('lets nobody in who did not begin here, comes twice, or changed what they bring', async () => {
    const as = { sub: 'ann-there' };
    const ann = new Wanderer();
    const at = await comeBack(ann, as);
    const refused = '/signin#error=sso-refused';
    assert.equal(
      await enter(new Wanderer(), at),
      refused,
      'the answer in another browser: nobody’s sign-in is planted',
    );
    const mallory = new Wanderer();
    await comeBack(mallory, { sub: 'mallory' });
    const ticket = [...mallory.cookiesOf(url)][0];
    assert.equal(await enter(mallory, at), refused, 'with the ticket of another');
    const changed = new URL(at);
    for (const [name, value] of [
      ['code', 'made-up'],
      ['state', 'made-up'],
      ['iss', 'https://evil.example'],
    ] as const) {
      const browser = new Wanderer();
      const own = new URL(await comeBack(browser, as));
      own.searchParams.set(name, value);
      assert.equal(await enter(browser, own.href), refused, name);
    }
    changed.search = '';
    for (const forged of ['', 'x', 'e30.AAAA', `${ticket?.[1]?.slice(0, -2) ?? ''}AA`]) {
      const browser = new Wanderer();
      browser.cookiesOf(url).set('parley_sso', forged);
      assert.equal(await enter(browser, at), refused, forged);
      assert.equal(await enter(browser, changed.href), refused);
    }
    assert.equal(await enter(ann, at), '/', 'the honest one still comes in');
    const replay = new Wanderer();
    const once = await comeBack(replay, as);
    const kept = new Map(replay.cookiesOf(url));
    assert.equal(await enter(replay, once), '/');
    const thief = new Wanderer();
    for (const [name, value] of kept) thief.cookiesOf(url).set(name, value);
    assert.equal(await enter(thief, once), refused, 'a code is good once');
  });

  it('links to nobody whose session ended meanwhile', async () => {
    const fay = await member('fay');
    const browser = new Wanderer();
    const at = await comeBack(browser, { sub: 'fay-there' }, fay);
    await stand.ask('DELETE', '/sessions/current', fay);
    assert.equal(await enter(browser, at), '/signin#error=sso-refused');
  });

  it('asks for the code where the account does', async () => {
    const gil = await member('gil');
    const linking = new Wanderer();
    await enter(linking, await comeBack(linking, { sub: 'gil-there' }, gil));
    const { body } = await stand.ask('POST', '/one-time-codes', { token: gil.token, body: { password } });
    const code = TOTP.generate({ secret: Secret.fromBase32(String(body['secret'])) });
    const on = await stand.ask('POST', '/one-time-codes/confirmation', { token: gil.token, body: { code } });
    const [recovery] = on.body['recoveryCodes'] as string[];
    const browser = new Wanderer();
    const where = await enter(browser, await comeBack(browser, { sub: 'gil-there' }));
    const challenge = /^\/signin#challenge=(.+)$/.exec(where)?.[1];
    assert.ok(challenge !== undefined, where);
    assert.equal(browser.cookiesOf(url).size, 0);
    const signedIn = await stand.ask('POST', '/sessions/code', { body: { challenge, code: recovery } });
    assert.equal((signedIn.body['user'] as { id: string }).id, gil.id);
  });
});

describe('single sign-on where it welcomes people', () => {
  it('makes an account with a free handle, and lets its owner not cut off their only way in', async () => {
    const url = `http://127.0.0.1:${await freePort()}`;
    await using provider = await TestProvider.open(`${url}/api/v1/sso/callback`);
    const oidc = ['--oidc-issuer', provider.issuer, '--oidc-client-id', clientId, '--oidc-client-secret', clientSecret];
    const own = [
      '--port',
      new URL(url).port,
      '--public-url',
      url,
      '--registration',
      'closed',
      '--oidc-sign-up',
      'true',
    ];
    await using stand = await Stand.open([...oidc, ...own]);
    const come = async (as: ProviderAccount): Promise<{ where: string; browser: Wanderer }> => {
      provider.current = as;
      const browser = new Wanderer();
      const begun = await browser.go(`${url}/api/v1/sso`, { method: 'POST' });
      const { url: there } = (await begun.json()) as { url: string };
      const at = await browser.until(there, (each) => each.startsWith(`${url}/api/v1/sso/callback`));
      return { where: (await browser.go(at)).headers.get('location') ?? '', browser };
    };
    const first = { sub: '1', preferred_username: 'ada', name: 'Ada Lovelace' };
    assert.equal((await come(first)).where, '/signin#error=sso-unknown', 'nobody becomes the owner this way');
    await stand.ask('POST', '/accounts', { body: { name: 'ada', password } });
    const { where, browser } = await come(first);
    assert.equal(where, '/');
    const me = (await (await browser.go(`${url}/api/v1/me`)).json()) as Record<string, unknown>;
    assert.deepEqual([me['name'], me['displayName'], me['serverRole']], ['ada2', 'Ada Lovelace', 'member']);
    const { links } = (await (await browser.go(`${url}/api/v1/sso`)).json()) as { links: { id: string }[] };
    const cut = await browser.go(`${url}/api/v1/sso/${links[0]?.id}`, { method: 'DELETE' });
    assert.equal(cut.status, 403);
  });

  it('is told what is wrong with its settings', () => {
    assert.equal(openProvider({}), undefined);
    assert.throws(() => openProvider({ oidcIssuer: 'https://id.example' }), /--oidc-client-id/);
    assert.throws(() => openProvider({ oidcIssuer: 'http://id.example', oidcClientId: 'x' }), /https only/);
  });
});
