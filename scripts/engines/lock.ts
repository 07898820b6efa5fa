import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pid } from 'node:process';
import { setTimeout as pause } from 'node:timers/promises';
import { enginesFolder } from './folders.ts';
import { startTimeOf } from './process-times.ts';

/** Does the work while no other process does work of this name: two `up` at once start an engine once. */
export async function whileLocked<Result>(name: string, work: () => Promise<Result>): Promise<Result> {
  const path = join(enginesFolder, 'locks', name);
  mkdirSync(dirname(path), { recursive: true });
  while (!take(path)) await pause(200);
  try {
    return await work();
  } finally {
    rmSync(path, { force: true });
  }
}

function take(path: string): boolean {
  const mine = `${pid} ${startTimeOf(pid) ?? ''}`;
  try {
    writeFileSync(path, mine, { flag: 'wx' });
    return true;
  } catch {
    if (isAbandoned(path)) rmSync(path, { force: true });
    return false;
  }
}

function isAbandoned(path: string): boolean {
  try {
    const [holder = '', startTime = ''] = readFileSync(path, 'utf8').split(' ');
    // A file just made may still be empty.
    return holder !== '' && startTimeOf(Number(holder)) !== startTime;
  } catch {
    return false;
  }
}
