import { readFileSync } from 'node:fs';

export const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Two digits after the point: more would say more than was measured. */
export const round = (value: number): number => Math.round(value * 100) / 100;

/** Looks every 20 ms; false when it did not come true in time. */
export async function waitFor(isDone: () => boolean, timeoutMs: number): Promise<boolean> {
  const deadline = performance.now() + timeoutMs;
  while (!isDone()) {
    if (performance.now() > deadline) return false;
    await pause(20);
  }
  return true;
}

/** Numbers in a parameter, separated by commas. */
export const numbersIn = (param: string | number | undefined): number[] => String(param).split(',').map(Number);

/** As many sockets as one process may have open here, with some files left for everything else. */
export function affordable(sockets: number): number {
  const [, limit] = /Max open files\s+(\d+)/.exec(readFileSync('/proc/self/limits', 'utf8')) ?? [];
  return Math.min(sockets, Number(limit) - 500);
}

/** For what would tell an operator something. */
export const silent = { trace: ignore, debug: ignore, info: ignore, warn: ignore, error: ignore };
function ignore(): void {
  return undefined;
}
