/**
 * Runs the tests: `npm test [-- FILTER…]`. A filter is a part of a file's path. Options that begin with `--test-`
 * (`--test-reporter=spec`, `--test-name-pattern=…`) go to Node's test runner as they are.
 *
 * Verification of whole deployments under faults (`packages/cli/test/verify*`) takes minutes and a machine of its own:
 * it runs when it is named (`npm test -- cli/test/verify`) and with all others when `PARLEY_TEST_DEPLOYMENTS=1`, as in CI;
 * what it finds in mutants of three nodes on engines (`verify-cluster-mutants`) too when `PARLEY_TEST_LONG=1`.
 */
import { spawnSync } from 'node:child_process';
import { globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { argv, env, execPath, exit, stderr, stdout } from 'node:process';
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
  .filter((file) =>
    filters.length === 0
      ? env['PARLEY_TEST_LONG'] === '1' ||
        !/test\/verify/.test(file) ||
        (env['PARLEY_TEST_DEPLOYMENTS'] === '1' && !/test\/verify-cluster-mutants/.test(file))
      : filters.some((filter) => file.includes(filter)),
  )
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

/** Browsers and deployments are many processes each: one file at a time, before all others. */
const isCrowd = (file: string): boolean => file.startsWith('e2e') || /test\/verify/.test(file);
const told = mkdtempSync(join(tmpdir(), 'parley-test-'));
const reporters = (part: string): readonly string[] =>
  options.some((option) => option.startsWith('--test-reporter'))
    ? []
    : [
        ['spec', 'stdout'],
        [join(import.meta.dirname, 'failures.ts'), join(told, part)],
      ].flatMap(([reporter, to]) => [`--test-reporter=${reporter}`, `--test-reporter-destination=${to}`]);
const run = (part: string, chosen: readonly string[], concurrency: number): number => {
  if (chosen.length === 0) return 0;
  const runner = ['--conditions=source', '--test', `--test-concurrency=${concurrency}`];
  const args = [...runner, ...reporters(part), ...options, ...chosen];
  return spawnSync(execPath, args, { stdio: 'inherit' }).status ?? 1;
};
const crowds = run('crowds', files.filter(isCrowd), 1);
const others = run(
  'others',
  files.filter((file) => !isCrowd(file)),
  2,
);
// The first part scrolled away long ago: what failed in it is said again.
if (crowds !== 0 && reporters('crowds').length > 0) stdout.write(`\n${readFileSync(join(told, 'crowds'), 'utf8')}`);
rmSync(told, { recursive: true });
exit(crowds || others);
