import { after, afterEach, before, describe, it } from 'node:test';
import type { Browser } from 'playwright-core';
import { launchChromium, skipWithoutChromium } from './support/chromium.ts';
import { type Deployment, deploy } from './support/deployment.ts';
import { picture } from './support/pictures.ts';
import { fill, password, type Town } from './support/town.ts';
import { tellIfFailed, Visitor } from './support/visitor.ts';

const skip = skipWithoutChromium();
const wide = { width: 1280, height: 800 };
const narrow = { width: 360, height: 740 };

describe('every main view is accessible, light and dark, wide and narrow', { skip }, () => {
  let browser: Browser;
  let server: Deployment;
  let town: Town;
  let ada: Visitor;

  before(async () => {
    [browser, server] = await Promise.all([launchChromium(), deploy()]);
  });
  afterEach(tellIfFailed);
  after(async () => {
    await ada?.leave();
    await town?.close();
    await browser?.close();
    await server?.stop();
  });

  /** Looks at the view in both themes. */
  const look = async (view: string, visitor: Visitor): Promise<void> => {
    for (const colorScheme of ['light', 'dark'] as const) {
      await visitor.page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      await visitor.isAccessible(`${view}, ${colorScheme}`);
      await picture(view, colorScheme, visitor);
    }
    await visitor.page.emulateMedia({ colorScheme: 'light' });
  };
  const ready = async (visitor: Visitor): Promise<void> => {
    await visitor.page.getByText('Good morning. The compiler').waitFor();
    await visitor.page.locator('article[data-seq]').filter({ hasText: 'print the cards' }).waitFor();
  };

  it('the page of an empty server', async () => {
    const first = await Visitor.arrive(browser, server.url, wide);
    await first.page.getByLabel('Your name').waitFor();
    await look('first-owner', first);
    await first.leave();
    town = await fill(server.url);
  });

  it('signing in', async () => {
    ada = await Visitor.arrive(browser, server.url, wide);
    await ada.page.getByRole('button', { name: 'Sign in' }).waitFor();
    await look('sign-in', ada);
    await ada.signIn('ada.lovelace', password);
  });

  it('what is new', async () => {
    await ada.page.getByRole('main').getByText('offsite').first().waitFor();
    await look('home', ada);
  });

  it('a conversation', async () => {
    await ada.page.goto(`${server.url}/c/${town.engine}`);
    await ready(ada);
    await look('conversation', ada);
  });

  it('a thread beside it', async () => {
    await ada.page.getByRole('button', { name: /2 replies/ }).click();
    await ada.page.getByText('and it is a moth').waitFor();
    await look('thread', ada);
    await ada.page.getByRole('complementary').getByRole('button', { name: 'Close' }).click();
  });

  for (const [view, button] of [
    ['members', /members/],
    ['pins', 'Pinned messages'],
    ['about', 'About'],
  ] as const) {
    it(`the panel of ${view}`, async () => {
      await ada.page.getByRole('main').getByRole('button', { name: button, exact: true }).click();
      await ada.page.getByRole('complementary').getByRole('heading').first().waitFor();
      await look(view, ada);
      await ada.page.getByRole('complementary').getByRole('button', { name: 'Close', exact: true }).click();
    });
  }

  it('a message with its actions, and the emoji picker', async () => {
    const message = ada.message('Good morning');
    await ada.act(message, 'More actions');
    await ada.page.getByRole('menuitem', { name: 'Copy link' }).waitFor();
    await look('message-actions', ada);
    await ada.page.keyboard.press('Escape');
    await ada.act(message, 'React with another emoji');
    await ada.page
      .getByRole('button', { name: /grinning face/i })
      .first()
      .waitFor();
    await look('emoji', ada);
    await ada.page.keyboard.press('Escape');
  });

  it('the quick switcher', async () => {
    await ada.page.keyboard.press('Control+k');
    await ada.page.getByRole('combobox', { name: /Jump to/ }).fill('a');
    await ada.page.getByRole('option').first().waitFor();
    await look('switcher', ada);
    await ada.page.keyboard.press('Escape');
  });

  for (const tab of ['Profile', 'Appearance', 'Password', 'Security', 'Devices', 'Invitations', 'Tokens', 'Keyboard']) {
    it(`settings: ${tab}`, async () => {
      await ada.page.getByRole('button', { name: 'Settings' }).click();
      await ada.page.getByRole('tab', { name: tab }).click();
      await ada.page.getByRole('tabpanel', { name: tab }).waitFor();
      await look(`settings-${tab.toLowerCase()}`, ada);
      await ada.page.keyboard.press('Escape');
    });
  }

  for (const [view, button] of [
    ['create-channel', 'Create a channel'],
    ['create-group', 'Create a group'],
    ['write-to', 'Write to somebody'],
  ] as const) {
    it(`the dialog ${view}`, async () => {
      await ada.page.getByRole('button', { name: button }).first().click();
      await ada.page.getByRole('dialog').waitFor();
      await look(view, ada);
      await ada.page.keyboard.press('Escape');
    });
  }

  for (const view of ['threads', 'mentions'] as const) {
    it(`the list of ${view}`, async () => {
      await ada.page.goto(`${server.url}/${view}`);
      await ada.page
        .getByRole('main')
        .getByText(view === 'threads' ? 'halting' : 'print the cards')
        .first()
        .waitFor();
      await look(view, ada);
    });
  }

  it('fits a phone', async () => {
    await ada.page.setViewportSize(narrow);
    await ada.page.goto(server.url);
    await ada.page.getByRole('link', { name: /^engine/ }).waitFor();
    await look('phone-list', ada);
    await ada.page.goto(`${server.url}/c/${town.engine}`);
    await ada.sees('print the cards');
    await look('phone-conversation', ada);
    await ada.page.getByRole('button', { name: /2 replies/ }).click();
    await ada.page.getByText('and it is a moth').waitFor();
    await look('phone-thread', ada);
    await ada.page.setViewportSize(wide);
  });
});
