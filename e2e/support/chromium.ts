import { existsSync } from 'node:fs';
import { env } from 'node:process';
import { type Browser, chromium } from 'playwright-core';

const candidates = [
  env['PARLEY_TEST_CHROMIUM'],
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
];
const path = candidates.find((candidate) => candidate !== undefined && existsSync(candidate));

/** For `describe(…, { skip })`: false, or why there is no browser to test with, and the mend. */
export function skipWithoutChromium(): string | false {
  if (path !== undefined) return false;
  const reason = 'Chromium is not installed: apt-get install chromium, or name it in PARLEY_TEST_CHROMIUM';
  if (env['PARLEY_REQUIRE_ENGINES'] === '1') throw new Error(reason);
  return reason;
}

/** A browser of its own, which asks nobody for anything. */
export function launchChromium(): Promise<Browser> {
  if (path === undefined) throw new Error('there is no Chromium here');
  const quiet = [
    '--no-sandbox',
    '--disable-gpu',
    '--disable-quic',
    '--no-first-run',
    '--disable-background-networking',
  ];
  return chromium.launch({
    executablePath: path,
    args: ['--headless', ...quiet, '--disable-component-update', '--disable-sync'],
  });
}
