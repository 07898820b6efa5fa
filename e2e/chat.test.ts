import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'node:test';
import type { Browser } from 'playwright-core';
import { launchChromium, skipWithoutChromium } from './support/chromium.ts';
import { type Deployment, deploy } from './support/deployment.ts';
import { stacks } from './support/stacks.ts';
import { tellIfFailed, Visitor } from './support/visitor.ts';

const skip = skipWithoutChromium();
const password = 'a long enough password';

for (const stack of stacks) {
  describe(`two people in two browsers, on ${stack.name}`, { skip: skip === false ? stack.skip : skip }, () => {
    let browser: Browser;
    let server: Deployment;
    let ada: Visitor;
    let grace: Visitor;

    before(async () => {
      [browser, server] = await Promise.all([launchChromium(), deploy(stack)]);
      ada = await Visitor.arrive(browser, server.url);
    });
    after(async () => {
      await ada?.leave();
      await grace?.leave();
      await browser?.close();
      await server?.stop();
    });

    afterEach(tellIfFailed);

    it('welcomes the first person as the owner', async () => {
      await ada.signUp('Ada Lovelace', password);
      await ada.page.getByRole('main').getByRole('button', { name: 'Create a channel' }).click();
      const dialog = ada.page.getByRole('dialog', { name: 'Create a channel' });
      await dialog.getByLabel('Name', { exact: true }).fill('engine');
      await dialog.getByLabel('Topic (optional)').fill('The analytical one');
      await dialog.getByRole('button', { name: 'Create', exact: true }).click();
      await ada.composer('Message #engine').waitFor();
    });

    it('lets a second person in by an invitation, into the channel it names', async () => {
      await ada.page.getByRole('button', { name: 'Settings' }).click();
      await ada.page.getByRole('tab', { name: 'Invitations' }).click();
      await ada.page.getByLabel('They join').selectOption({ label: '# engine' });
      await ada.page.getByRole('button', { name: 'Make a link' }).click();
      const link = ada.page
        .locator('input[value*="/invite/"]')
        .or(ada.page.getByText(/\/invite\/[\w-]+$/))
        .first();
      await link.waitFor();
      const url = await link.evaluate((element) =>
        'value' in element ? String(element.value) : (element.textContent ?? ''),
      );
      await ada.page.keyboard.press('Escape');
      grace = await Visitor.arrive(browser, url.trim());
      await grace.page.getByRole('heading', { name: 'Join Parley' }).waitFor();
      await grace.signUp('Grace Hopper', password);
      await grace.page.getByRole('link', { name: 'engine' }).click();
      await grace.composer('Message #engine').waitFor();
    });

    it('carries messages both ways, once and in one order', async () => {
      await ada.say('first: **hello** from Ada');
      await grace.sees('first: hello from Ada');
      await grace.say('second: hello from Grace');
      await ada.sees('second: hello from Grace');
      await ada.say('third: and again');
      await grace.sees('third: and again');
      await ada.sees('third: and again');
      const order = ['first: hello from Ada', 'second: hello from Grace', 'third: and again'];
      assert.deepEqual(await ada.texts(/^(first|second|third):/), order);
      assert.deepEqual(await grace.texts(/^(first|second|third):/), order);
      assert.equal(await grace.message('first:').locator('strong').innerText(), 'hello');
    });

    it('takes what is typed right after the arrow key into the message to change', async () => {
      await ada.composer().focus();
      const editor = ada.page.getByRole('textbox', { name: 'Edit message' });
      const [heard] = await Promise.all([
        ada.page.evaluate(
          () =>
            new Promise<string>((resolve) => {
              // Told in the turn in which the page changes, so before anything is drawn or another key is read.
              const changes = new MutationObserver(() => {
                const field = document.querySelector('[aria-label="Edit message"] textarea');
                if (field === null) return;
                changes.disconnect();
                resolve(document.activeElement === field ? 'the editor' : 'something else');
              });
              changes.observe(document.body, { childList: true, subtree: true });
              document.activeElement?.dispatchEvent(new KeyboardEvent('keydown', { key: 'ArrowUp', bubbles: true }));
            }),
        ),
        editor.waitFor(),
      ]);
      assert.equal(heard, 'the editor');
      await ada.page.keyboard.press('Escape');
      await editor.waitFor({ state: 'detached' });
    });

    it('changes the last message with the arrow key, for everybody', async () => {
      await ada.composer().press('ArrowUp');
      const editor = ada.page.getByRole('textbox', { name: 'Edit message' });
      await editor.fill('third: changed');
      await editor.press('Enter');
      await grace.sees('third: changed');
      await grace.message('third: changed').getByText('edited').waitFor();
      assert.equal(await grace.message('and again').count(), 0);
    });

    it('shows reactions to both, with who reacted', async () => {
      await grace.act('first:', /^React with 👍/);
      const seen = ada.message('first:').getByRole('button', { name: /👍 1: Grace Hopper/ });
      await seen.click();
      await grace.message('first:').getByRole('button', { name: /👍 2:/ }).waitFor();
    });

    it('keeps a thread beside the conversation, and counts what is new in it', async () => {
      await grace.act('second:', 'Reply in a thread');
      await grace.say('in the thread: one', 'Reply in the thread');
      await ada
        .message('second:')
        .getByRole('button', { name: /1 reply/ })
        .click();
      await ada.page.getByRole('complementary', { name: 'Thread' }).getByText('in the thread: one').waitFor();
      await ada.say('in the thread: two', 'Reply in the thread');
      await grace.page.getByRole('complementary', { name: 'Thread' }).getByText('in the thread: two').waitFor();
      assert.deepEqual(
        await grace.texts(/^in the thread/).then((texts) => texts.length),
        2,
        'replies stand in the thread alone',
      );
    });

    it('names a person, completes the name, and tells that person', async () => {
      await ada.page.getByRole('complementary', { name: 'Thread' }).getByRole('button', { name: 'Close' }).click();
      await grace.page.getByRole('link', { name: 'Mentions' }).click();
      const box = ada.composer('Message #engine');
      await box.pressSequentially('look here @gra');
      await ada.page.getByRole('option', { name: /Grace Hopper/ }).waitFor();
      await box.press('Enter');
      await box.pressSequentially('please');
      await box.press('Enter');
      await ada.message('look here').locator('.mention').filter({ hasText: '@Grace Hopper' }).waitFor();
      await grace.page
        .getByRole('navigation', { name: 'Conversations' })
        .getByText(/^1\s+unread mentions$/)
        .first()
        .waitFor();
      await grace.page.getByRole('main').getByText('look here').first().waitFor();
      await grace.page.getByRole('link', { name: /^engine/ }).click();
      await grace.sees('look here');
    });

    it('says who is typing', async () => {
      await grace.composer('Message #engine').pressSequentially('hm');
      await ada.page.getByText('Grace Hopper is typing').waitFor();
      await grace.composer('Message #engine').fill('');
    });

    it('sends what was written without a connection when it is back: once, in its order', async () => {
      server.cut();
      await grace.page.getByText('No connection.').waitFor();
      for (const word of ['one', 'two', 'three']) await grace.say(`offline: ${word}`);
      assert.equal(
        await grace.page.locator('article.message-outgoing').count(),
        3,
        'all three are shown as on their way',
      );
      server.mend();
      await ada.sees('offline: three');
      await grace.sees('offline: three');
      await grace.page.locator('article.message-outgoing').first().waitFor({ state: 'detached' });
      const expected = ['offline: one', 'offline: two', 'offline: three'];
      assert.deepEqual(await ada.texts(/^offline:/), expected);
      assert.deepEqual(await grace.texts(/^offline:/), expected);
    });

    it('sends from the outbox after the window was closed in mid-send', async () => {
      const address = grace.page.url();
      const second = await grace.openTab(address);
      await second.getByRole('textbox', { name: 'Message #engine' }).waitFor();
      server.cut();
      const box = second.getByRole('textbox', { name: 'Message #engine' });
      await box.fill('written before the window was closed');
      await box.press('Enter');
      await second.locator('article.message-outgoing').waitFor();
      await second.close();
      server.mend();
      const third = await grace.openTab(address);
      await ada.sees('written before the window was closed');
      await third.close();
      assert.equal(await ada.message('written before the window was closed').count(), 1);
    });

    it('deletes a message for everybody, after a question', async () => {
      await ada.choose('third: changed', 'Delete');
      await ada.page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
      await grace.message('third: changed').waitFor({ state: 'detached' });
    });

    it('ends a session that its owner revokes on another device', async () => {
      const visitor = await Visitor.arrive(browser, server.url);
      await visitor.signIn('grace.hopper', password);
      await grace.page.getByRole('button', { name: 'Settings' }).click();
      await grace.page.getByRole('tab', { name: 'Devices' }).click();
      await grace.page
        .getByRole('dialog')
        .getByRole('button', { name: /^Sign out .* on / })
        .first()
        .click();
      await visitor.page.getByRole('button', { name: 'Sign in' }).waitFor();
      await grace.page.keyboard.press('Escape');
      await visitor.leave();
    });
  });
}
