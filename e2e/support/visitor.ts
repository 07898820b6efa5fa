import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Browser, BrowserContext, Locator, Page } from 'playwright-core';
import { until } from '../../packages/server/test/until.ts';

const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

interface AxeFinding {
  readonly id: string;
  readonly help: string;
  readonly nodes: readonly { readonly html: string; readonly failureSummary?: string }[];
}

/** A slow machine that also runs the engines takes its time. */
const patienceMs = 45_000;
/** Lines of traffic kept to be shown when something goes wrong. */
const keptTraffic = 60;
/** Of a page, its end: where what is newest stands. */
const shownChars = 3_000;

/** All who are there, in the order in which they came. */
const present = new Set<Visitor>();

/**
 * For `afterEach`: when the test failed, what everybody in the file saw and heard last, on standard error.
 * @param test the context that `afterEach` gives
 */
export async function tellIfFailed(test: object): Promise<void> {
  // Missing in the types of Node.
  if (!('passed' in test) || test.passed === true) return;
  for (const visitor of present) await visitor.tell();
}

/** Somebody with a browser of their own. What goes wrong in their page fails the test at `leave`. */
export class Visitor {
  readonly page: Page;
  readonly #context: BrowserContext;
  readonly #complaints: string[] = [];
  readonly #traffic: string[] = [];

  private constructor(context: BrowserContext, page: Page) {
    this.#context = context;
    this.page = page;
    page.on('pageerror', (error) => this.#complaints.push(error.message));
    page.on('console', (message) => {
      // A request that fails while the line is cut, or before somebody signs in, is part of the story.
      if (message.type() === 'error' && !/Failed to load resource|WebSocket connection/.test(message.text()))
        this.#complaints.push(message.text());
    });
    page.on('websocket', (socket) => {
      this.#note('socket opened');
      socket.on('framesent', ({ payload }) => this.#note(`> ${payload.toString()}`));
      socket.on('framereceived', ({ payload }) => this.#note(`< ${payload.toString()}`));
      socket.on('close', () => this.#note('socket closed'));
    });
    page.on('requestfinished', (request) => this.#note(`${request.method()} ${request.url()}`));
    page.on('requestfailed', (request) => this.#note(`${request.method()} ${request.url()} failed`));
    page.setDefaultTimeout(patienceMs);
  }

  static async arrive(
    browser: Browser,
    url: string,
    options: { width?: number; height?: number } = {},
  ): Promise<Visitor> {
    const { width = 1280, height = 800 } = options;
    const context = await browser.newContext({ viewport: { width, height }, colorScheme: 'light', locale: 'en-GB' });
    const page = await context.newPage();
    const visitor = new Visitor(context, page);
    present.add(visitor);
    await page.goto(url);
    return visitor;
  }

  /** Another window of the same person: same cookie, same storage. */
  async openTab(url: string): Promise<Page> {
    const page = await this.#context.newPage();
    page.setDefaultTimeout(patienceMs);
    await page.goto(url);
    return page;
  }

  /** Fills the sign-up form that is on the page. */
  async signUp(name: string, password: string): Promise<void> {
    await this.page.getByLabel('Your name').fill(name);
    await this.page.getByLabel('Password', { exact: true }).fill(password);
    await this.page.keyboard.press('Enter');
    await this.page.getByRole('navigation', { name: 'Conversations' }).waitFor();
  }

  async signIn(name: string, password: string): Promise<void> {
    await this.page.getByLabel('Name', { exact: true }).fill(name);
    await this.page.getByLabel('Password', { exact: true }).fill(password);
    await this.page.keyboard.press('Enter');
    await this.page.getByRole('navigation', { name: 'Conversations' }).waitFor();
  }

  composer(label: string | RegExp = /^Message /): Locator {
    return this.page.getByRole('textbox', { name: label });
  }

  async say(text: string, label?: string | RegExp): Promise<void> {
    const box = this.composer(label);
    await box.fill(text);
    await box.press('Enter');
  }

  /** The stored message with this text. */
  message(text: string | RegExp): Locator {
    return this.page.locator('article[data-seq]').filter({ hasText: text });
  }

  async sees(text: string | RegExp): Promise<void> {
    await this.message(text).first().waitFor();
  }

  /** The texts of the stored messages on screen, in their order. */
  async texts(pattern: RegExp): Promise<string[]> {
    const all = await this.page.locator('article[data-seq] .message-text').allInnerTexts();
    return all.map((text) => text.trim()).filter((text) => pattern.test(text));
  }

  /** Shows the actions of a message, the first with this text or this very one, and takes one. */
  async act(message: string | Locator, action: string | RegExp): Promise<void> {
    const row = typeof message === 'string' ? this.message(message).first() : message;
    const button = row.getByRole('button', { name: action, exact: true });
    // While a list loads, rows move away from under the mouse, and their actions go.
    await until(`${action} of a message was taken`, async () => {
      await row.hover();
      return button.click({ timeout: 2_000 }).then(
        () => true,
        () => false,
      );
    });
  }

  async choose(message: string | Locator, item: string): Promise<void> {
    await this.act(message, 'More actions');
    await this.page.getByRole('menuitem', { name: item }).click();
  }

  /** @throws AssertionError with every rule that the page breaks, and where (axe-core) */
  async isAccessible(view: string): Promise<void> {
    await this.page.evaluate(axeSource);
    const findings = await this.page.evaluate(async () => {
      const { axe } = globalThis as unknown as {
        axe: { run: (root: Document) => Promise<{ violations: AxeFinding[] }> };
      };
      return (await axe.run(document)).violations;
    });
    const told = findings.map(
      ({ id, help, nodes }) =>
        `${id}: ${help}\n${nodes.map(({ html, failureSummary = '' }) => `    ${html.slice(0, 200)}\n    ${failureSummary}`).join('\n')}`,
    );
    assert.equal(told.length, 0, `${view} has problems of accessibility:\n${told.join('\n')}`);
  }

  /** Writes to standard error what this person saw last: for a test that failed. */
  async tell(): Promise<void> {
    const text = await this.page
      .locator('body')
      .innerText({ timeout: 5_000 })
      .catch((error: unknown) => String(error));
    console.error(
      `Visitor ${[...present].indexOf(this) + 1} was at ${this.page.url()} and saw:\n${text.slice(-shownChars)}\n\nand last heard and said:\n${this.#traffic.join('\n')}\n`,
    );
  }

  #note(line: string): void {
    if (/\/assets\//.test(line)) return;
    this.#traffic.push(`${new Date().toISOString()} ${line.slice(0, 400)}`);
    if (this.#traffic.length > keptTraffic) this.#traffic.shift();
  }

  async leave(): Promise<void> {
    present.delete(this);
    await this.#context.close();
    assert.deepEqual(this.#complaints, [], 'the page complained');
  }
}
