import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { env, execPath } from 'node:process';
import { promisify } from 'node:util';
import type { MutantName } from './mutants.ts';

const parley = resolve(import.meta.dirname, '../../src/main.ts');
const preload = join(import.meta.dirname, 'preload.ts');
/** Runs are short; one that hangs must not hold the tests up for ever. */
const timeoutMs = 400_000;

/** Recoveries are in the closing line; how fast they are says more of the machine than of Parley, so they need only end in time. */
export const aMinute = '--seconds 60 --rate 150 --settle 120'.split(' ');

/** How a run of `parley verify` ended. */
export interface Verified {
  readonly code: number;
  /** The closing line of JSON, as text where it is shown and by name where it is looked at. */
  readonly line: string;
  readonly counts: Readonly<Record<string, unknown>>;
  /** Findings and whatever else was said. */
  readonly said: string;
}

/** Runs `parley verify` as a person would, of Parley as it is or of a mutant. */
export async function runVerify(args: readonly string[], mutant?: MutantName): Promise<Verified> {
  const folder = mkdtempSync(join(tmpdir(), 'parley-verify-test-'));
  const imports = mutant === undefined ? [] : ['--import', preload];
  const own = ['--json', '--keep', join(folder, 'kept'), '--report', join(folder, 'report.html')];
  try {
    const { stdout, stderr, code } = await promisify(execFile)(
      execPath,
      ['--conditions=source', ...imports, parley, 'verify', ...own, ...args],
      { env: { ...env, PARLEY_TEST_MUTANT: mutant }, timeout: timeoutMs, maxBuffer: 64 * 1024 * 1024 },
    ).then(
      (done) => ({ ...done, code: 0 }),
      (error: { stdout: string; stderr: string; code: number }) => error,
    );
    const line = stdout.trim().split('\n').at(-1) ?? '';
    if (!line.startsWith('{')) throw new Error(`parley verify ended with ${code} and no verdict:\n${stderr}`);
    return { code, line, counts: JSON.parse(line) as Verified['counts'], said: stderr };
  } finally {
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  }
}
