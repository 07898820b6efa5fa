import assert from 'node:assert/strict';
import { text } from 'node:stream/consumers';
import { after, afterEach, before, describe, it } from 'node:test';
import type { Browser } from 'playwright-core';
import { isConversationId } from '../packages/client/src/index.ts';
import { launchChromium, skipWithoutChromium } from './support/chromium.ts';
import { type Deployment, deploy } from './support/deployment.ts';
import { picture } from './support/pictures.ts';
import { fill, password, type Town } from './support/town.ts';
import { tellIfFailed, Visitor } from './support/visitor.ts';

const skip = skipWithoutChromium();
const wide = { width: 1280, height: 800 };
const narrow = { width: 360, height: 740 };

describe('a moderator’s evening, in two browsers', { skip }, () => {
  let browser: Browser;
  let server: Deployment;
  let town: Town;
  let ada: Visitor;
  let grace: Visitor;

  before(async () => {
    [browser, server] = await Promise.all([launchChromium(), deploy()]);
    town = await fill(server.url);
    [ada, grace] = await Promise.all([Visitor.arrive(browser, server.url), Visitor.arrive(browser, server.url)]);
    await ada.signIn('ada.lovelace', password);
    await grace.signIn('grace.hopper', password);
    await Promise.all([ada, grace].map((who) => who.page.goto(`${server.url}/c/${town.engine}`)));
    const { engine } = town;
    assert.ok(isConversationId(engine));
    await town.people.get('Edsger')?.send(engine, { type: 'post', text: 'Buy my patent engine oil!' });
    await Promise.all([ada.sees('engine oil'), grace.sees('engine oil')]);
  });
  afterEach(tellIfFailed);
  after(async () => {
    await ada?.leave();
    await grace?.leave();
    await town?.close();
    await browser?.close();
    await server?.stop();
  });

  /** On a phone, light and dark; the picture is that of a wide window. */
  const isAccessible = async (view: string, visitor: Visitor): Promise<void> => {
    await visitor.page.setViewportSize(narrow);
    for (const colorScheme of ['light', 'dark'] as const) {
      await visitor.page.emulateMedia({ colorScheme, reducedMotion: 'reduce' });
      await visitor.isAccessible(`${view}, ${colorScheme}`);
    }
    await visitor.page.emulateMedia({ colorScheme: 'light', reducedMotion: 'reduce' });
    await visitor.page.setViewportSize(wide);
    await picture(view, 'light', visitor);
  };
  const openModeration = async (): Promise<void> => {
    await ada.page.getByRole('main').getByRole('button', { name: 'About', exact: true }).click();
    await ada.page.getByRole('complementary').getByRole('button', { name: 'Moderation' }).click();
    await ada.page.getByRole('complementary', { name: 'Moderation' }).getByLabel('Slow mode').waitFor();
  };

  it('a member reports a message', async () => {
    await grace.choose('engine oil', 'Report');
    const dialog = grace.page.getByRole('dialog', { name: 'Report this message' });
    await dialog.getByLabel('What is wrong with it?').selectOption({ label: 'Advertising or spam' });
    await isAccessible('report', grace);
    await dialog.getByRole('button', { name: 'Report it' }).click();
    await grace.page.getByText('will look at it').waitFor();
  });

  it('the moderator finds it and hides it: a placeholder for everybody, to be looked at and shown again', async () => {
    await openModeration();
    await isAccessible('moderation', ada);
    const panel = ada.page.getByRole('complementary', { name: 'Moderation' });
    await panel.getByRole('button', { name: 'Hide it' }).click();
    await panel.getByText('Nothing is reported.').waitFor();
    for (const who of [ada, grace]) {
      await who.page.getByText('A moderator hid this message.').waitFor();
      assert.equal(await who.message('engine oil').count(), 0);
    }
    await grace.page.reload();
    await grace.page.getByText('A moderator hid this message.').waitFor();
    await ada.choose('A moderator hid', 'Look at it');
    const dialog = ada.page.getByRole('dialog', { name: 'A hidden message' });
    await dialog.getByText('Buy my patent engine oil!').waitFor();
    await isAccessible('hidden-message', ada);
    await dialog.getByRole('button', { name: 'Show to everybody again' }).click();
    await Promise.all([ada.sees('engine oil'), grace.sees('engine oil')]);
  });

  it('only moderators write while she says so; then not somebody she silences', async () => {
    const panel = ada.page.getByRole('complementary', { name: 'Moderation' });
    await panel.getByLabel('Only moderators write').check();
    await grace.page.getByText('Only moderators write here.').waitFor();
    await panel.getByLabel('Only moderators write').uncheck();
    await grace.composer('Message #engine').waitFor();
    await panel.getByRole('button', { name: 'Close' }).click();
    await ada.page
      .getByRole('main')
      .getByRole('button', { name: /members/ })
      .click();
    await ada.page.getByRole('button', { name: 'What to do about Grace Hopper' }).click();
    await ada.page.getByRole('menuitem', { name: 'Silence for an hour' }).click();
    await grace.page.getByText('A moderator asked you to be silent here until').waitFor();
    await isAccessible('silenced', grace);
    await ada.page.getByRole('complementary').getByRole('button', { name: 'Close', exact: true }).click();
    await openModeration();
    await panel.getByRole('button', { name: 'Let speak Grace Hopper' }).click();
    await grace.composer('Message #engine').waitFor();
  });

  it('a word that is not wanted stays with its author, who is told why', async () => {
    const panel = ada.page.getByRole('complementary', { name: 'Moderation' });
    await panel.getByLabel('Unwanted words').fill('engine oil\nsnake oil');
    await panel.getByRole('button', { name: 'Save the words' }).click();
    await ada.page.getByText('The words are saved.').waitFor();
    await grace.say('Some Engine Oil for me?');
    await grace.page.getByText('The message has a word that is not wanted here.').first().waitFor();
    assert.equal(await ada.message('for me?').count(), 0);
  });

  it('an administrator reads the audit log and keeps order on the server', async () => {
    await ada.page.getByRole('button', { name: 'Settings' }).click();
    await ada.page.getByRole('tab', { name: 'Moderation' }).click();
    await ada.page.getByRole('tabpanel', { name: 'Moderation' }).getByText('Banned from this server').waitFor();
    await isAccessible('settings-moderation', ada);
    await ada.page.getByRole('tab', { name: 'Audit log' }).click();
    const log = ada.page.getByRole('tabpanel', { name: 'Audit log' });
    await log
      .getByText(/conversation\.silenced by Ada Lovelace, about Grace Hopper/)
      .first()
      .waitFor();
    await log
      .getByText(/message\.looked by Ada Lovelace, about Edsger Dijkstra/)
      .first()
      .waitFor();
    await isAccessible('settings-audit', ada);
    await ada.page.keyboard.press('Escape');
  });

  it('people take their data with them, and leave for good', async () => {
    const edsger = await Visitor.arrive(browser, server.url);
    await edsger.signIn('edsger.dijkstra', password);
    await edsger.page.getByRole('button', { name: 'Settings' }).click();
    await edsger.page.getByRole('tab', { name: 'Your data' }).click();
    await isAccessible('settings-data', edsger);
    const [download] = await Promise.all([
      edsger.page.waitForEvent('download'),
      edsger.page.getByRole('link', { name: 'Download it' }).click(),
    ]);
    const file = await download.createReadStream();
    assert.match(await text(file), /"type":"message".*Buy my patent engine oil!/);
    await edsger.page.getByRole('tabpanel').getByLabel('Your password').fill(password);
    await edsger.page.getByRole('button', { name: 'Delete my account' }).click();
    await edsger.page.getByRole('button', { name: 'Sign in' }).waitFor();
    await edsger.leave();
    await ada.page.reload();
    await ada.page.getByText('Deleted account').first().waitFor();
  });

  it('whoever is banned from the server is out at once', async () => {
    await ada.page
      .getByRole('main')
      .getByRole('button', { name: /members/ })
      .click();
    await ada.page
      .getByRole('complementary')
      .getByRole('button', { name: /^Grace Hopper/ })
      .first()
      .click();
    await ada.page.getByRole('button', { name: 'Ban from this server' }).click();
    await ada.page.getByRole('dialog').getByRole('button', { name: 'Ban', exact: true }).click();
    await grace.page.getByRole('button', { name: 'Sign in' }).waitFor();
    await grace.page.getByLabel('Name', { exact: true }).fill('grace.hopper');
    await grace.page.getByLabel('Password', { exact: true }).fill(password);
    await grace.page.keyboard.press('Enter');
    await grace.page.getByText('This account is banned from this server.').waitFor();
  });
});
