import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, afterEach, before, describe, it } from 'node:test';
import { Secret, TOTP } from 'otpauth';
import type { Browser, CDPSession } from 'playwright-core';
import { loadConfig, type Node, startNode } from '../packages/server/src/index.ts';
import { freePort } from '../packages/server/test/security/free-port.ts';
import { Mailbox } from '../packages/server/test/security/mailbox.ts';
import { clientId, clientSecret, TestProvider } from '../packages/server/test/security/provider.ts';
import { launchChromium, skipWithoutChromium } from './support/chromium.ts';
import { tellIfFailed, Visitor } from './support/visitor.ts';

const password = 'a long enough password';
const narrow = { width: 360, height: 740 };

describe('the ways to sign in, in a browser', { skip: skipWithoutChromium() }, () => {
  let browser: Browser;
  let mailbox: Mailbox;
  let folder = '';
  let provider: TestProvider;
  let node: Node;
  let ada: Visitor;
  let device: CDPSession;
  let authenticatorId = '';

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'parley-e2e-'));
    [browser, mailbox] = await Promise.all([launchChromium(), Mailbox.open()]);
    // By name: browsers have no passkeys for addresses of numbers.
    const port = await freePort();
    provider = await TestProvider.open(`http://localhost:${port}/api/v1/sso/callback`);
    const oidc = ['--oidc-issuer', provider.issuer, '--oidc-client-id', clientId, '--oidc-client-secret', clientSecret];
    const own = ['--port', String(port), '--data', folder, '--log-level', 'error', '--registration', 'open'];
    node = await startNode(loadConfig([...own, ...oidc, '--oidc-name', 'Example', ...mailbox.flags], {}, () => '{}'));
    ada = await Visitor.arrive(browser, node.url, narrow);
    device = await ada.page.context().newCDPSession(ada.page);
    await device.send('WebAuthn.enable');
    ({ authenticatorId } = await device.send('WebAuthn.addVirtualAuthenticator', {
      options: {
        protocol: 'ctap2',
        transport: 'internal',
        hasResidentKey: true,
        hasUserVerification: true,
        isUserVerified: true,
        automaticPresenceSimulation: true,
      },
    }));
    await ada.signUp('Ada Lovelace', password);
  });
  afterEach(tellIfFailed);
  after(async () => {
    await ada?.leave();
    await browser?.close();
    await node?.stop();
    await provider?.[Symbol.asyncDispose]();
    await mailbox?.[Symbol.asyncDispose]();
    await rm(folder, { recursive: true, maxRetries: 5 });
  });

  const look = async (view: string): Promise<void> => {
    for (const colorScheme of ['light', 'dark'] as const) {
      await ada.page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      await ada.isAccessible(`${view}, ${colorScheme}`);
    }
    await ada.page.emulateMedia({ colorScheme: 'light' });
  };
  const button = (name: string | RegExp) => ada.page.getByRole('button', { name });
  const openSecurity = async (): Promise<void> => {
    await button('Settings').click();
    await ada.page.getByRole('tab', { name: 'Security' }).click();
    await button('Add a passkey').waitFor();
  };
  /** Whether its owner touches the device as soon as it asks. */
  const isAtHand = (enabled: boolean): Promise<unknown> =>
    device.send('WebAuthn.setAutomaticPresenceSimulation', { authenticatorId, enabled });
  const signOut = async (): Promise<void> => {
    // This one takes whatever the browser offers: else it would sign in again before anybody looks.
    await isAtHand(false);
    await ada.page.getByRole('tab', { name: 'Devices' }).click();
    await button('Sign out here').click();
    await button('Use a passkey').waitFor();
  };
  /** Takes what the browser offers on the page that is open. */
  const takeOffer = async (): Promise<void> => {
    await isAtHand(true);
    await ada.page.reload();
    await isIn();
  };
  const takePasskey = async (): Promise<void> => {
    await isAtHand(true);
    await button('Use a passkey').click();
    await isIn();
  };
  const isIn = (): Promise<void> => ada.page.getByRole('navigation', { name: 'Conversations' }).waitFor();

  it('a passkey is made in the settings, and signs in without a name', async () => {
    await openSecurity();
    await look('settings, security');
    await button('Add a passkey').click();
    await ada.page.getByLabel('Name of the passkey').fill('My telephone');
    await ada.page.getByLabel('Your password').fill(password);
    await look('a new passkey');
    await button('Make the passkey').click();
    await ada.page.getByText('My telephone').waitFor();
    await signOut();
    await look('signing in, with passkeys');
    await takePasskey();
  });

  it('a passkey that the browser offers in the field of the name signs in without a press of the button', async () => {
    await openSecurity();
    await signOut();
    assert.equal(await ada.page.getByLabel('Name', { exact: true }).getAttribute('autocomplete'), 'username webauthn');
    await takeOffer();
  });

  it('an authenticator app is set up by its square code, and asked for at the next sign-in', async () => {
    await openSecurity();
    await button('Set it up').click();
    await ada.page.getByLabel('Your password').fill(password);
    await button('Go on').click();
    await ada.page.getByRole('img', { name: /square code/ }).waitFor();
    await look('the square code');
    const secret = await ada.page.locator('.secret').innerText();
    await ada.page.getByRole('textbox', { name: 'Code' }).fill(TOTP.generate({ secret: Secret.fromBase32(secret) }));
    await button('Turn it on').click();
    await ada.page.getByText(/Each works once/).waitFor();
    const recovery = await ada.page.locator('.recovery-codes code').allInnerTexts();
    assert.equal(recovery.length, 10);
    await look('recovery codes');
    await button('I have kept them').click();
    await ada.page.getByText('10 recovery codes left').waitFor();
    await signOut();
    await ada.page.getByLabel('Name', { exact: true }).fill('ada.lovelace');
    await ada.page.getByLabel('Password', { exact: true }).fill(password);
    await ada.page.keyboard.press('Enter');
    await ada.page.getByRole('textbox', { name: 'Code' }).fill('000000');
    await ada.page.keyboard.press('Enter');
    await ada.page.getByText(/This code is wrong/).waitFor();
    await look('the second step');
    await ada.page.getByRole('textbox', { name: 'Code' }).fill(recovery[0] ?? '');
    await ada.page.keyboard.press('Enter');
    await isIn();
  });

  it('a password that was forgotten is replaced by a link in a mail', async () => {
    await openSecurity();
    await button('Add an address').click();
    await ada.page.getByLabel('New e-mail address').fill('ada@example.org');
    await ada.page.getByLabel('Your password').fill(password);
    await button('Send a link').click();
    await ada.page.goto(`${node.url}/verify#${await mailbox.nextToken('ada@example.org')}`);
    await ada.page.getByText('The address is yours').waitFor();
    await look('a proved address');
    await button('Go on').click();
    await openSecurity();
    await ada.page.getByText(/ada@example.org\. Nobody else sees it/).waitFor();
    await signOut();
    await button('Get a new one').click();
    await ada.page.getByLabel('E-mail address').fill('ada@example.org');
    await look('a forgotten password');
    await ada.page.keyboard.press('Enter');
    await ada.page.getByText(/a link is on its way/).waitFor();
    await ada.page.goto(`${node.url}/reset#${await mailbox.nextToken('ada@example.org')}`);
    await ada.page.getByLabel('New password').fill('another fine phrase');
    assert.ok(!ada.page.url().includes('#'), 'the token is not left in the address');
    await look('a new password');
    await ada.page.keyboard.press('Enter');
    await button('To the sign-in page').click();
    await takeOffer();
  });

  it('a token for a program is made, shown once, and ended', async () => {
    await button('Settings').click();
    await ada.page.getByRole('tab', { name: 'Tokens' }).click();
    await button('New token').click();
    await ada.page.getByLabel('What it is for').fill('Backup');
    await ada.page.getByLabel('Your password').fill('another fine phrase');
    await look('a new token');
    await button('Make the token').click();
    await ada.page.getByText(/not shown again/).waitFor();
    const token = await ada.page.locator('.address code').innerText();
    await look('a token that is told');
    const me = () => fetch(`${node.url}/api/v1/me`, { headers: { authorization: `Bearer ${token}` } });
    assert.equal((await me()).status, 200);
    await button('I have copied it').click();
    await button('End Backup').click();
    await ada.page.getByText(/has no access any more/).waitFor();
    assert.equal((await me()).status, 401);
  });

  it('an identity at the provider is linked, and signs in; one that is not known makes an account where all may come', async () => {
    provider.current = { sub: 'ada-there' };
    await ada.page.getByRole('tab', { name: 'Security' }).click();
    await button('Link an identity').click();
    await ada.page.getByLabel('Your password').fill('another fine phrase');
    await button('Go there').click();
    await isIn();
    await openSecurity();
    await button(/^Unlink/).waitFor();
    await signOut();
    await button('Continue with Example').click();
    await ada.page.getByRole('textbox', { name: 'Code' }).waitFor();
    assert.ok(!ada.page.url().includes('#'), 'the challenge is not left in the address');
    const grace = await Visitor.arrive(browser, node.url, narrow);
    provider.current = { sub: 'grace-there', preferred_username: 'grace', name: 'Grace Hopper' };
    await grace.page.getByRole('button', { name: 'Continue with Example' }).click();
    await grace.page.getByRole('navigation', { name: 'Conversations' }).waitFor();
    await grace.leave();
  });
});
