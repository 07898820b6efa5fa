import { spawn } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { env } from 'node:process';

/** Runs a command to its end. @throws Error with the last lines it printed */
export async function run(
  file: string,
  args: readonly string[],
  options: { cwd?: string; env?: Readonly<Record<string, string>> } = {},
): Promise<string> {
  const child = spawn(file, args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...env, ...options.env },
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
  });
  let printed = '';
  const keep = (chunk: Buffer): void => {
    printed = (printed + chunk.toString()).slice(-20_000);
  };
  child.stdout.on('data', keep);
  child.stderr.on('data', keep);
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  if (code === 0) return printed;
  const tail = printed.trim().split('\n').slice(-8).join('\n');
  throw new Error(`${file} ${args.join(' ')} ended with ${code}:\n${tail}`);
}

/** The first of the paths or names that can be run here. Names are sought on the PATH. */
export function findProgram(...candidates: readonly string[]): string | undefined {
  const folders = [...(env['PATH'] ?? '').split(delimiter), '/usr/sbin', '/usr/local/sbin'];
  for (const candidate of candidates) {
    const paths = candidate.includes('/') ? [candidate] : folders.map((folder) => join(folder, candidate));
    const found = paths.find(isExecutable);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** @throws Error when none is here */
export function needProgram(...candidates: readonly string[]): string {
  const found = findProgram(...candidates);
  if (found === undefined) throw new Error(`None of these programs is here: ${candidates.join(', ')}.`);
  return found;
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
