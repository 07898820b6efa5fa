/** Before `npm pack` and `npm publish` of a package: puts the licence beside it. With `--undo`, after: takes it away. */
import { copyFileSync, existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { argv, cwd, exit, stderr } from 'node:process';

const root = join(import.meta.dirname, '..');
const licence = join(cwd(), 'LICENSE');

if (argv.includes('--undo')) rmSync(licence, { force: true });
else {
  if (!existsSync(join(cwd(), 'dist'))) {
    stderr.write('There is no dist folder here. Run npm run build in the repository first.\n');
    exit(1);
  }
  copyFileSync(join(root, 'LICENSE'), licence);
}
