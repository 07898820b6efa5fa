import { spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { env, kill } from 'node:process';
import { setTimeout as pause } from 'node:timers/promises';
import type { Command } from './engine.ts';
import { startTimeOf } from './process-times.ts';

/** A process that was started here; it leads a process group of its own. */
export interface Started {
  readonly name: string;
  readonly pid: number;
  readonly startTime: string;
}

/** What runs in a place, kept in its `processes.json`. */
export interface Running {
  readonly port: number;
  readonly processes: readonly Started[];
}

const fileOf = (folder: string): string => join(folder, 'processes.json');

/** Starts the commands in the background, each writing to `<name>.log`, and keeps their ids. */
export function startProcesses(folder: string, port: number, commands: readonly Command[]): void {
  mkdirSync(folder, { recursive: true });
  const processes: Started[] = [];
  for (const command of commands) {
    const log = openSync(join(folder, `${command.name}.log`), 'a');
    const child = spawn(command.file, command.args, {
      cwd: folder,
      detached: true,
      stdio: ['ignore', log, log],
      env: { ...env, ...command.env },
    });
    closeSync(log);
    // Its end is noticed by whoever waits for an answer.
    child.on('error', () => undefined);
    child.unref();
    const startTime = child.pid === undefined ? undefined : startTimeOf(child.pid);
    if (child.pid === undefined || startTime === undefined) throw new Error(`${command.file} could not be started.`);
    processes.push({ name: command.name, pid: child.pid, startTime });
    const running: Running = { port, processes };
    writeFileSync(fileOf(folder), JSON.stringify(running));
  }
}

/** What was started in this place, whether it still lives or not. */
export function readRunning(folder: string): Running | undefined {
  try {
    return JSON.parse(readFileSync(fileOf(folder), 'utf8')) as Running;
  } catch {
    return undefined;
  }
}

/** Whether this very process lives, and not another that was given its id. */
export const isAlive = ({ pid, startTime }: Started): boolean => startTimeOf(pid) === startTime;

/**
 * Ends what was started in this place, last one first, and nothing else.
 * @param signal SIGKILL plays a crash
 */
export async function stopProcesses(folder: string, signal: 'SIGTERM' | 'SIGKILL' = 'SIGTERM'): Promise<boolean> {
  const living = (readRunning(folder)?.processes ?? []).filter(isAlive).toReversed();
  for (const process of living) await stop(process, signal);
  rmSync(fileOf(folder), { force: true });
  return living.length > 0;
}

async function stop(process: Started, signal: NodeJS.Signals): Promise<void> {
  const forceAt = Date.now() + 20_000;
  signalGroup(process, signal);
  while (isAlive(process)) {
    await pause(50);
    if (Date.now() > forceAt) signalGroup(process, 'SIGKILL');
  }
}

function signalGroup({ pid }: Started, signal: NodeJS.Signals): void {
  try {
    kill(-pid, signal);
  } catch {
    // It ended in between.
  }
}
