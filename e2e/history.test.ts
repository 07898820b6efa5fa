import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'node:test';
import type { Browser } from 'playwright-core';
import {
  type ConversationId,
  createClient,
  newConversationId,
  type ParleyClient,
} from '../packages/client/src/index.ts';
import { launchChromium, skipWithoutChromium } from './support/chromium.ts';
import { type Deployment, deploy } from './support/deployment.ts';
import { tellIfFailed, Visitor } from './support/visitor.ts';

const skip = skipWithoutChromium();
const password = 'a long enough password';
/** Fits the burst that a server allows an account by default: eight pages of the client. */
const count = 480;

describe('a long history', { skip }, () => {
  let browser: Browser;
  let server: Deployment;
  let writer: ParleyClient;
  let reader: Visitor;
  const id: ConversationId = newConversationId();

  before(async () => {
    [browser, server] = await Promise.all([launchChromium(), deploy()]);
    const stranger = createClient({ url: server.url });
    const { token } = await stranger.rest.signUp({ name: 'reader', password });
    await stranger.close();
    const owner = createClient({ url: server.url, token });
    await owner.connect();
    const { accounts } = await owner.rest.createAccounts({ accounts: [{ name: 'writer', password }], tokens: true });
    const [made] = accounts;
    assert.ok(made?.token !== undefined);
    writer = createClient({ url: server.url, token: made.token });
    await writer.connect();
    await owner.send(id, { type: 'create', kind: 'channel', name: 'annals', members: [made.user.id] });
    await owner.close();
    const lines = Array.from(
      { length: count },
      (_, index) => `entry ${index + 1} of the annals ${'·'.repeat(index % 90)}`,
    );
    await Promise.all(lines.map((text) => writer.send(id, { type: 'post', text })));
    reader = await Visitor.arrive(browser, server.url);
    await reader.signIn('reader', password);
  });
  afterEach(tellIfFailed);
  after(async () => {
    await reader?.leave();
    await writer?.close();
    await browser?.close();
    await server?.stop();
  });

  const rows = () => reader.page.locator('article[data-seq]');
  const list = () => reader.page.locator('[aria-label="Messages in #annals"]');

  /** The message at the middle of the screen. */
  const readNow = () =>
    reader.page.evaluate(() => {
      const rows = [...document.querySelectorAll<HTMLElement>('article[data-seq]')];
      return rows.find((row) => row.getBoundingClientRect().bottom > 400)?.dataset['seq'];
    });

  it('opens at the newest message, with few rows in the page', async () => {
    await reader.page.goto(`${server.url}/c/${id}`);
    await reader.sees(`entry ${count} of`);
    assert.ok((await rows().count()) < 100, `${await rows().count()} rows are in the page`);
  });

  it('reads earlier pages while scrolling up, down to the first message, and never shows a hole', async () => {
    // The composer takes the focus once, when it comes into the page.
    await reader.page.locator('textarea:focus').waitFor();
    await rows().last().focus();
    for (let presses = 0; presses < 300 && (await reader.message(/entry 1 of/).count()) === 0; presses++) {
      await reader.page.keyboard.press('Home');
      // A page is asked for in the frame after the scroll.
      await reader.page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
      await reader.page.locator('[aria-label="Messages in #annals"][aria-busy="false"]').waitFor();
    }
    await reader.sees('entry 1 of');
    const shown = (await reader.texts(/^entry/)).map((text) => Number(/\d+/.exec(text)?.[0]));
    shown.forEach((number, index) => assert.equal(number, (shown[0] ?? 0) + index, `${shown.join(' ')} has a hole`));
    assert.ok((await rows().count()) < 100);
  });

  it('goes to the first message by a key also when that holds the focus and lies far above the screen', async () => {
    await reader.message('entry 1 of').first().focus();
    await list().hover();
    await reader.page.mouse.wheel(0, 3_000);
    await reader.page.waitForFunction(() => (document.activeElement?.getBoundingClientRect().bottom ?? 0) < 0);
    await reader.page.keyboard.press('Home');
    await reader.page.waitForFunction(() => (document.activeElement?.getBoundingClientRect().top ?? -1) >= 0);
    await reader.sees('entry 2 of');
  });

  it('goes to a message by its link, marks it, and reads on in both directions from there', async () => {
    // Its event follows that of the creation.
    await reader.page.goto(`${server.url}/c/${id}/301`);
    const message = reader.message('entry 300 of');
    await message.waitFor();
    assert.equal(await message.getAttribute('aria-current'), 'true');
    await reader.sees('entry 299 of');
    await reader.sees('entry 301 of');
    await reader.page.getByRole('button', { name: 'Latest' }).click();
    await reader.sees(`entry ${count} of`);
  });

  it('stays where the reader is when others write, and follows at the end', async () => {
    await list().hover();
    // Everything is read, so that what comes now is all that is new.
    await reader.page
      .getByRole('navigation', { name: 'Conversations' })
      .getByText('unread messages')
      .waitFor({ state: 'detached' });
    const belowScreen = () => list().evaluate((box) => box.scrollHeight - box.scrollTop - box.clientHeight);
    for (let turns = 0; turns < 200 && (await belowScreen()) < 2_000; turns++) {
      await reader.page.mouse.wheel(0, -400);
      await reader.page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
    }
    await reader.page.getByRole('button', { name: 'Latest' }).waitFor();
    await reader.page.locator('[aria-label="Messages in #annals"][aria-busy="false"]').waitFor();
    const read = await readNow();
    await writer.send(id, { type: 'post', text: 'said while nobody looked' });
    await reader.page.getByRole('button', { name: /^Latest\s+1/ }).waitFor();
    assert.equal(await readNow(), read);
    await reader.page.getByRole('button', { name: 'Latest' }).click();
    await reader.sees('said while nobody looked');
    await writer.send(id, { type: 'post', text: 'said while somebody looked' });
    await reader.sees('said while somebody looked');
  });
});
