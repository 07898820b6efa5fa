import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { env } from 'node:process';
import type { Visitor } from './visitor.ts';

const folder = join(import.meta.dirname, '../../docs/screenshots');
/** Views that are kept dark as well. */
const inBoth = new Set(['conversation', 'thread', 'home', 'phone-conversation']);

/** With `PARLEY_SCREENSHOTS=1` keeps a view as a picture for the documentation. */
export async function picture(view: string, colorScheme: 'light' | 'dark', { page }: Visitor): Promise<void> {
  if (env['PARLEY_SCREENSHOTS'] !== '1' || (colorScheme === 'dark' && !inBoth.has(view))) return;
  mkdirSync(folder, { recursive: true });
  await page.screenshot({ path: join(folder, `${view}-${colorScheme}.png`) });
}
