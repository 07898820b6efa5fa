import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { execPath } from 'node:process';
import { setTimeout as pause } from 'node:timers/promises';
import { isAlive, readRunning, startProcesses, stopProcesses } from '../engines/processes.ts';
import { nodeFolder, nodePort, type Place } from './place.ts';

const parley = resolve(import.meta.dirname, '../../packages/cli/src/main.ts');
/** Engines that are starting take most of it. */
const readyWithinMs = 90_000;

/** Starts a node in the background; its log is `<folder>/node.log`. */
export function startNodeProcess(place: Place, number: number, flags: readonly string[]): void {
  const folder = nodeFolder(place, number);
  const port = nodePort(place, number);
  mkdirSync(folder, { recursive: true });
  const args = ['--conditions=source', parley, 'serve', '--port', String(port), '--host', '127.0.0.1'];
  const own = ['--public-url', `http://localhost:${place.port}`, '--trust-proxy', 'true', '--data', folder];
  startProcesses(folder, port, [{ name: 'node', file: execPath, args: [...args, ...own, ...flags] }]);
}

/**
 * Waits until what was started in a folder answers that it is ready.
 * @param name of the process, and of its log
 * @throws Error with the last lines of the log when the process ends or is not ready in time
 */
export async function untilReady(folder: string, name: string, port: number): Promise<void> {
  const giveUpAt = Date.now() + readyWithinMs;
  for (;;) {
    try {
      if ((await fetch(`http://127.0.0.1:${port}/readyz`, { signal: AbortSignal.timeout(1_000) })).ok) return;
    } catch {
      // Not listening yet.
    }
    const isRunning = readRunning(folder)?.processes.every(isAlive) ?? false;
    if (!isRunning || Date.now() > giveUpAt) {
      const log = readFileSync(join(folder, `${name}.log`), 'utf8')
        .trimEnd()
        .split('\n')
        .slice(-12)
        .join('\n');
      throw new Error(`${folder} ${isRunning ? 'is not ready after 90 s' : 'ended while starting'}.\n${log}`);
    }
    await pause(100);
  }
}

/** Numbers of the nodes that were started here and live. */
export function runningNodes(place: Place): readonly number[] {
  return numbersIn(place.folder).filter(
    (number) => readRunning(nodeFolder(place, number))?.processes.every(isAlive) ?? false,
  );
}

/**
 * Ends nodes, all at once.
 * @param signal SIGKILL plays a crash
 */
export async function stopNodes(
  place: Place,
  numbers: readonly number[],
  signal: 'SIGTERM' | 'SIGKILL' = 'SIGTERM',
): Promise<void> {
  await Promise.all(numbers.map((number) => stopProcesses(nodeFolder(place, number), signal)));
}

function numbersIn(folder: string): readonly number[] {
  try {
    return readdirSync(folder)
      .flatMap((name) => (/^node-\d+$/.test(name) ? [Number(name.slice(5))] : []))
      .toSorted((a, b) => a - b);
  } catch {
    return [];
  }
}
