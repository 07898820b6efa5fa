import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { execPath } from 'node:process';
import { setTimeout as pause } from 'node:timers/promises';
import { enginesFolder } from '../engines/folders.ts';
import { isAlive, readRunning, startProcesses, stopProcesses } from '../engines/processes.ts';

const parley = resolve(import.meta.dirname, '../../packages/cli/src/main.ts');
export const clusterFolder = join(enginesFolder, 'cluster');
/** Nodes listen right above the balancer. */
export const balancerPort = 13000;
/** Engines that are starting take most of it. */
const readyWithinMs = 90_000;

export const nodeFolder = (number: number): string => join(clusterFolder, `node-${number}`);
export const nodePort = (number: number): number => balancerPort + number;

/** Starts a node in the background; its log is `<folder>/node.log`. */
export function startNodeProcess(number: number, flags: readonly string[]): void {
  const folder = nodeFolder(number);
  mkdirSync(folder, { recursive: true });
  const args = ['--conditions=source', parley, 'serve', '--port', String(nodePort(number)), '--host', '127.0.0.1'];
  const own = ['--public-url', `http://localhost:${balancerPort}`, '--trust-proxy', 'true', '--data', folder];
  startProcesses(folder, nodePort(number), [{ name: 'node', file: execPath, args: [...args, ...own, ...flags] }]);
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
export function runningNodes(): readonly number[] {
  return numbersIn(clusterFolder).filter(
    (number) => readRunning(nodeFolder(number))?.processes.every(isAlive) ?? false,
  );
}

/** Ends nodes gracefully, all at once. */
export async function stopNodes(numbers: readonly number[]): Promise<void> {
  await Promise.all(numbers.map((number) => stopProcesses(nodeFolder(number))));
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
