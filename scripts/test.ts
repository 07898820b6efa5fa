/**
 * Runs the tests: `npm test [-- FILTER…]`. A filter is a part of a file's path. Options that begin with `--test-`
 * (`--test-reporter=spec`, `--test-name-pattern=…`) go to Node's test runner as they are.
 */
import { spawnSync } from 'node:child_process';
import { globSync } from 'node:fs';
import { argv, env, execPath, exit, stderr } from 'node:process';
import { engineStatuses } from './engines/status.ts';

const options = argv.slice(2).filter((argument) => argument.startsWith('--'));
const filters = argv.slice(2).filter((argument) => !argument.startsWith('--'));
const strange = options.find((option) => !option.startsWith('--test-') || !option.includes('='));
if (strange !== undefined) {
  stderr.write(`${strange}: only options of Node's test runner are taken here, written as --test-…=value.\n`);
  exit(1);
}
const files = globSync([
  'packages/*/test/**/*.test.ts',
  'simulation/**/*.test.ts',
  'scripts/**/*.test.ts',
  'e2e/**/*.test.ts',
])
  .filter((file) => filters.length === 0 || filters.some((filter) => file.includes(filter)))
  .toSorted();
if (files.length === 0) {
  stderr.write(`No test file's path contains ${filters.join(' or ')}.\n`);
  exit(1);
}

// Said before the tests, so that the last lines are the runner's.
const missing = engineStatuses().filter(
  ({ name, isRunning }) =>
    !isRunning && !env[`PARLEY_TEST_${name.toUpperCase()}_URL`] && files.some((file) => file.includes(name)),
);
if (missing.length > 0) {
  const names = missing.map(({ name }) => name);
  stderr.write(
    `Tests that need ${names.join(', ')} are skipped, since they are not running. To have them: npm run engines -- up ${names.join(' ')}\n`,
  );
}

const args = ['--conditions=source', '--test', '--test-concurrency=2', ...options, ...files];
exit(spawnSync(execPath, args, { stdio: 'inherit' }).status ?? 1);
