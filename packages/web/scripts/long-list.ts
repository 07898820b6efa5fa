/**
 * Measures the message list in Chromium with very many messages: how it opens, scrolls and takes a new message.
 * Usage: node packages/web/scripts/long-list.ts URL NAME:PASSWORD CONVERSATION [ROWS]
 * The account writes 10 messages into the conversation; the rows before them are made up here and given to the page
 * as one page of history. CHROMIUM names the browser [/usr/bin/chromium].
 */
import { argv, env, exit, stderr } from 'node:process';
import { chromium, type Page } from 'playwright-core';

const [url = '', account = '', conversation = '', rowsWished = '100000'] = argv.slice(2);
const [name = '', password = ''] = account.split(/:(.*)/s);
const rows = Number(rowsWished);
if (url === '' || password === '' || conversation === '' || !(rows > 0)) {
  stderr.write('Usage: long-list.ts URL NAME:PASSWORD CONVERSATION [ROWS]\n');
  exit(1);
}
const sends = 10;
const settleMs = 1_500;
const box = '.conversation-main > .composer textarea';

/** Rows of one to eleven lines, by three authors, some with code; the last one has the seq `head`. */
function madeUp(head: number, authors: readonly string[]): object[] {
  const start = Date.now() - rows * 20_000;
  return Array.from({ length: rows }, (_, index) => ({
    seq: head - rows + 1 + index,
    at: start + index * 20_000,
    actor: authors[Math.floor(index / 3) % authors.length],
    cid: `01930000-0000-7000-8000-${String(index).padStart(12, '0')}`,
    text: `Row **${index}** ${'some words that make a line or two '.repeat(1 + ((index * 7) % 11))}${index % 40 === 0 ? '\n```\nconst x = 1;\n```' : ''}`,
  }));
}

/** Moves the list once a frame for `frames` frames and returns how long frames took, sorted. */
const scroll = (page: Page, stepPx: number, frames: number): Promise<number[]> =>
  page.evaluate(
    async ([step, count]) => {
      const list = document.querySelector('.message-list');
      if (list === null) return [];
      const times: number[] = [];
      let last = performance.now();
      for (let frame = 0; frame < count; frame++) {
        if (step === 0) list.scrollTop = (list.scrollHeight * ((frame * 37) % 100)) / 100;
        else list.scrollTop -= step;
        await new Promise(requestAnimationFrame);
        times.push(performance.now() - last);
        last = performance.now();
      }
      return times.toSorted((a, b) => a - b);
    },
    [stepPx, frames] as const,
  );

/** Milliseconds from a press of Enter to the frame that shows the message. */
async function send(page: Page, text: string): Promise<number> {
  await page.fill(box, text);
  return page.evaluate(async () => {
    const before = performance.now();
    document.querySelector<HTMLFormElement>('.conversation-main > .composer')?.requestSubmit();
    await new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
    return performance.now() - before;
  });
}

const at = (sorted: readonly number[], share: number): string =>
  (sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0).toFixed(1);
const line = (what: string, sorted: readonly number[]): void =>
  console.log(`${what.padEnd(34)} median ${at(sorted, 0.5)}  p99 ${at(sorted, 0.99)}  longest ${at(sorted, 1)} ms`);

const browser = await chromium.launch({
  executablePath: env['CHROMIUM'] ?? '/usr/bin/chromium',
  args: ['--headless', '--no-sandbox', '--disable-gpu'],
});
try {
  const page = await (await browser.newContext({ viewport: { width: 1280, height: 800 } })).newPage();
  const api = `${url}/api/v1`;
  await page.request.post(`${api}/sessions`, { data: { name, password }, headers: { origin: url } });
  const of = `${api}/conversations/${conversation}`;
  const { members } = (await (await page.request.get(`${of}/members`)).json()) as {
    members: { user: { id: string } }[];
  };
  const { head } = (await (await page.request.get(`${of}/messages?limit=1`)).json()) as { head: number };
  const people = members.map(({ user }) => user);
  const messages = madeUp(
    head,
    people.map(({ id }) => id),
  );
  await page.route(/\/messages\?/, (route) =>
    route.fulfill({ json: { messages, head, hasBefore: false, hasAfter: false, people, quoted: [] } }),
  );
  const before = performance.now();
  await page.goto(`${url}/c/${conversation}`);
  await page.waitForSelector('article');
  console.log(`${rows} rows open after ${Math.round(performance.now() - before)} ms, their transfer included`);
  await page.waitForTimeout(settleMs);
  console.log(`${await page.locator('article').count()} of them are in the page`);
  line('frames, 120 px each', await scroll(page, 120, 240));
  line('frames, 3,000 px each', await scroll(page, 3_000, 240));
  line('frames, to places all over', await scroll(page, 0, 60));
  await page.locator('.latest-button').click();
  await page.waitForTimeout(settleMs);
  const sent: number[] = [];
  for (let index = 0; index < sends; index++) sent.push(await send(page, `Message ${index} of a measurement`));
  line(
    'an own message, to its frame',
    sent.toSorted((a, b) => a - b),
  );
} finally {
  await browser.close();
}
