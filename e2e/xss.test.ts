import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { until } from '../packages/server/test/until.ts';
import { launchChromium, skipWithoutChromium } from './support/chromium.ts';
import { type Deployment, deploy } from './support/deployment.ts';
import { tellIfFailed, Visitor } from './support/visitor.ts';
import { corpus, mark } from './support/xss-corpus.ts';
import { type PlantedTown, password, plant } from './support/xss-town.ts';

/** High enough that lists have much of what they hold in the page at once. */
const tall = { width: 1280, height: 5_000 };

/** What the page found out about itself, and what it should never have found. */
interface Signs {
  pwned?: unknown;
  violations?: string[];
}

/** Runs in the page: tall in it that could run, or call for something from elsewhere. */
function suspects(): string[] {
  const found: string[] = [];
  for (const element of document.querySelectorAll('*')) {
    const tag = element.localName;
    const isOwnScript = tag === 'script' && (element.getAttribute('src') ?? '').startsWith('/assets/');
    if (
      /^(script|iframe|object|embed|base|frame|frameset|applet|form\[action\]|foreignobject|animate)$/i.test(tag) &&
      !isOwnScript
    )
      found.push(element.outerHTML.slice(0, 200));
    for (const { name, value } of element.attributes) {
      const isAddress = /^(href|src|srcset|srcdoc|action|formaction|xlink:href|data|poster|background)$/i.test(name);
      const isSafe = /^(https?:|mailto:|\/|#|blob:|$)/i.test(value.trim());
      if (/^on/i.test(name) || (isAddress && !isSafe)) found.push(`${tag} ${name}=${value.slice(0, 100)}`);
    }
  }
  const { pwned, violations = [] } = globalThis as Signs;
  if (pwned !== undefined) found.push('a script ran');
  return [...found, ...violations];
}

describe('an attacker’s markup in every field that is shown', { skip: skipWithoutChromium() }, () => {
  let browser: Browser;
  let server: Deployment;
  let town: PlantedTown;
  let ada: Visitor;
  const abroad: string[] = [];

  /** Hears of whatever the page asks for elsewhere, whatever a script says aloud, and whatever the policy had to stop. */
  const listen = async (page: Page): Promise<void> => {
    page.on('request', (request) => {
      if (!/^(data|blob):/.test(request.url()) && new URL(request.url()).host !== new URL(server.url).host)
        abroad.push(request.url());
    });
    page.on('dialog', (dialog) => {
      abroad.push(`a dialog: ${dialog.message()}`);
      void dialog.dismiss();
    });
    await page.addInitScript(() => {
      const signs = globalThis as Signs;
      signs.violations = [];
      document.addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI, sample }) => {
        signs.violations?.push(`the policy stopped ${violatedDirective} ${blockedURI} ${sample}`);
      });
    });
  };
  const isHarmless = async (view: string, page = ada.page): Promise<void> => {
    assert.deepEqual(await page.evaluate(suspects), [], view);
    assert.deepEqual(abroad, [], view);
  };

  before(async () => {
    [browser, server] = await Promise.all([launchChromium(), deploy()]);
    town = await plant(server.url);
    ada = await Visitor.arrive(browser, server.url, tall);
    await listen(ada.page);
    await ada.signIn('ada', password);
    await ada.page.reload();
    await ada.page.getByRole('navigation', { name: 'Conversations' }).waitFor();
  });
  afterEach(tellIfFailed);
  after(async () => {
    await ada?.leave();
    await browser?.close();
    await server?.stop();
  });

  it('is text in the list of conversations and in what is new', async () => {
    await ada.page.getByRole('navigation').getByRole('link', { name: town.trapName, exact: false }).first().waitFor();
    await isHarmless('home');
  });

  it('is text in messages, with their authors, reactions, quotes and links', async () => {
    await ada.page.goto(`${server.url}/c/${town.hall}`);
    await ada.sees('@Ada');
    await ada.page.mouse.move(tall.width / 2, tall.height / 2);
    const shown = new Set<string>();
    // Each turn of the wheel brings what is above into the page, and has an older page of history loaded.
    await until('the first message is there', async () => {
      for (const text of await ada.page.locator('article[data-seq] .message-text').allInnerTexts())
        shown.add(text.trim());
      await isHarmless('conversation');
      if ((await ada.message('The root of all of it').count()) > 0) return true;
      await ada.page.mouse.wheel(0, -tall.height / 4);
      // Rows come into the page in the frame after the scroll.
      await ada.page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
      return false;
    });
    assert.ok(shown.size > corpus.length, `${shown.size} different messages were on screen`);
    for (const payload of [`<script>${mark}</script>`, `<img src=x onerror=${mark}>`])
      assert.ok(shown.has(payload), `${payload} is there to be read`);
  });

  for (const [view, button] of [
    ['members', /members/],
    ['pins', 'Pinned messages'],
    ['about', 'About'],
  ] as const) {
    it(`is text in the panel of ${view}`, async () => {
      await ada.page.getByRole('main').getByRole('button', { name: button, exact: true }).click();
      await ada.page.getByRole('complementary').getByRole('heading').first().waitFor();
      if (view !== 'about') await ada.page.getByRole('complementary').getByText('onerror').first().waitFor();
      await isHarmless(view);
      await ada.page.getByRole('complementary').getByRole('button', { name: 'Close', exact: true }).click();
    });
  }

  it('is text in a thread', async () => {
    // Its root may have left the page while panels came and went.
    await ada.page.goto(`${server.url}/c/${town.hall}/${town.root}`);
    await ada.sees('The root of all of it');
    await ada.page
      .getByRole('button', { name: /\d+ replies/ })
      .first()
      .click();
    await ada.page.getByRole('complementary', { name: 'Thread' }).getByText('onerror').first().waitFor();
    await isHarmless('thread');
  });

  it('is text in the name and topic of the conversation that is open, and in the title of the window', async () => {
    await ada.page.goto(`${server.url}/c/${town.trap}`);
    await ada.page.locator('article[data-seq]').first().waitFor();
    await ada.page.waitForFunction((name) => document.title.includes(name), town.trapName);
    await ada.page.getByRole('main').getByRole('button', { name: 'About', exact: true }).click();
    await ada.page.getByRole('complementary').getByRole('heading').first().waitFor();
    await isHarmless('trap');
  });

  for (const view of ['mentions', 'threads'] as const) {
    it(`is text in the list of ${view}`, async () => {
      await ada.page.goto(`${server.url}/${view}`);
      await ada.page
        .getByRole('main')
        .getByText(view === 'threads' ? 'The root of all of it' : 'onerror')
        .first()
        .waitFor();
      await isHarmless(view);
    });
  }

  it('is text in the switcher, in the directory, and in the search for people', async () => {
    await ada.page.keyboard.press('Control+k');
    await ada.page.getByRole('combobox', { name: /Jump to/ }).fill('<');
    await ada.page.getByRole('option').first().waitFor();
    await isHarmless('switcher');
    await ada.page.keyboard.press('Escape');
    for (const item of ['Browse channels', 'Write to somebody']) {
      await ada.page.getByRole('button', { name: 'Parley', exact: true }).click();
      await ada.page.getByRole('menuitem', { name: item }).click();
      await ada.page.getByRole('dialog').getByText('onerror').first().waitFor();
      await isHarmless(item);
      await ada.page.keyboard.press('Escape');
    }
  });

  it('is text on a person’s card', async () => {
    await ada.page.goto(`${server.url}/c/${town.hall}`);
    await ada.page
      .getByRole('main')
      .getByRole('button', { name: /members/ })
      .click();
    await ada.page.locator('.member-person').filter({ hasText: 'onerror' }).first().click();
    await ada.page.getByRole('complementary', { name: 'Profile' }).getByText('onerror').first().waitFor();
    await isHarmless('person');
  });

  it('is text in what moderators see: what was reported, who is silenced and banned, who asks to be let in', async () => {
    for (const [conversation, sign] of [
      [town.hall, 'Silenced and banned'],
      [town.gate, 'They ask to be let in'],
    ] as const) {
      await ada.page.goto(`${server.url}/c/${conversation}`);
      await ada.page.getByRole('main').getByRole('button', { name: 'About', exact: true }).click();
      await ada.page.getByRole('complementary').getByRole('button', { name: 'Moderation' }).click();
      const panel = ada.page.getByRole('complementary', { name: 'Moderation' });
      await panel.getByText(sign).waitFor();
      await panel.getByText('onerror').first().waitFor();
      await isHarmless(`moderation, ${sign}`);
    }
  });

  it('is text in a hidden message that a moderator looks at', async () => {
    await ada.page.goto(`${server.url}/c/${town.hall}`);
    const message = ada.page.locator('article[data-seq]').filter({ hasText: 'onerror' }).last();
    await ada.choose(message, 'Hide from everybody');
    await ada.choose('A moderator hid this message.', 'Look at it');
    await ada.page.getByRole('dialog', { name: 'A hidden message' }).getByText('onerror').first().waitFor();
    await isHarmless('hidden message');
    await ada.page.keyboard.press('Escape');
  });

  for (const [tab, sign] of [
    ['Moderation', 'onerror'],
    ['Audit log', 'onerror'],
    ['Tokens', 'script'],
  ] as const)
    it(`is text in the settings, under ${tab}`, async () => {
      await ada.page.goto(`${server.url}/c/${town.hall}`);
      await ada.page.getByRole('button', { name: 'Settings' }).click();
      await ada.page.getByRole('tab', { name: tab }).click();
      await ada.page.getByRole('tabpanel', { name: tab }).getByText(sign).first().waitFor();
      await isHarmless(tab);
      await ada.page.keyboard.press('Escape');
    });

  it('is text in the list of devices', async () => {
    await ada.page.getByRole('button', { name: 'Settings' }).click();
    await ada.page.getByRole('tab', { name: 'Devices' }).click();
    await ada.page.getByRole('tabpanel', { name: 'Devices' }).getByText('script').first().waitFor();
    await isHarmless('devices');
    await ada.page.keyboard.press('Escape');
  });

  it('is text on the page of an invitation, which strangers open', async () => {
    const stranger = await Visitor.arrive(browser, server.url, tall);
    await listen(stranger.page);
    await stranger.page.goto(town.invitation);
    await stranger.page.getByRole('heading', { name: /Join/ }).waitFor();
    await stranger.page.getByText('pwned').first().waitFor();
    await isHarmless('invitation', stranger.page);
    await stranger.leave();
  });

  it('would be refused even if the client took it for markup: the browser is told to', async () => {
    const page = await ada.openTab(server.url);
    await page.getByRole('navigation', { name: 'Conversations' }).waitFor();
    const taken = await page.evaluate(() => {
      const attempts: Record<string, () => unknown> = {
        innerHTML: () => (document.createElement('div').innerHTML = '<b>x</b>'),
        srcdoc: () => (document.createElement('iframe').srcdoc = '<b>x</b>'),
        write: () => document.write('<b>x</b>'),
        // oxlint-disable-next-line no-implied-eval -- the very thing that must not work
        timeout: () => setTimeout('globalThis.pwned=1', 0),
        src: () => (document.createElement('script').src = '/assets/x.js'),
        fragment: () => document.createRange().createContextualFragment('<b>x</b>'),
      };
      return Object.entries(attempts).flatMap(([name, attempt]) => {
        try {
          attempt();
          return [name];
        } catch {
          return [];
        }
      });
    });
    assert.deepEqual(taken, []);
    await page.close();
  });
});
