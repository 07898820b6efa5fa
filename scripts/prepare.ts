/** Builds the web client, so that `npm start` can serve it. Without the build tools it says so: the server runs all the same. */

import { join } from 'node:path';
import { exit, stderr } from 'node:process';

const web = join(import.meta.dirname, '../packages/web');

try {
  const { build } = await import('vite');
  // Vite reads its configuration from `root`, and NODE_ENV decides what is left out of the bundle.
  await build({ root: web, logLevel: 'warn', mode: 'production' });
} catch (error) {
  const isMissing = error instanceof Error && 'code' in error && error.code === 'ERR_MODULE_NOT_FOUND';
  if (!isMissing) {
    stderr.write(`The web client could not be built: ${error instanceof Error ? error.message : String(error)}\n`);
    exit(1);
  }
  stderr.write(
    'The web client is not built, because development dependencies were left out (--omit=dev, or NODE_ENV=production). ' +
      'The server starts and its API works. To have the web client too: npm ci --include=dev\n',
  );
}
