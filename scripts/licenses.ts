/** `npm run licenses`: holds the licence of everything that is installed against those that are allowed. */
import { resolve } from 'node:path';
import { exit, stdout } from 'node:process';
import { checkLicences } from './rules/licenses.ts';

const { count, faults } = checkLicences(resolve(import.meta.dirname, '..'));
for (const fault of faults) stdout.write(`${fault}\n`);
stdout.write(
  faults.length === 0
    ? `${count} packages, each with a licence that is allowed.\n`
    : `${faults.length} of ${count} packages cannot be used: replace them, or allow the licence in scripts/rules/licenses.ts and say why.\n`,
);
exit(faults.length === 0 ? 0 : 1);
