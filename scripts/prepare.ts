/** After `npm ci`: builds the web client, so that `npm start` can serve it. */
import { existsSync } from 'node:fs';

if (existsSync('packages/web/vite.config.ts')) {
  const { build } = await import('vite');
  await build({ root: 'packages/web', logLevel: 'warn' });
}
