import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

/** Below the ports that systems give to outgoing connections, so that none of them takes one in between. */
const range = [21_000, 32_000] as const;
const maxAttempts = 200;

/** Ports an engine takes: its own, and those right above it. */
export const portsPerEngine = 3;

/** The first of so many free ports of the loopback in a row: engines take the ones right above theirs for themselves. */
export async function freePorts(count: number): Promise<number> {
  for (let attempt = 0; attempt < maxAttempts; attempt++) {
    const first = randomInt(range[0], range[1]);
    const free = await Promise.all(Array.from({ length: count }, (_, index) => isFree(first + index)));
    if (free.every(Boolean)) return first;
  }
  throw new Error(`There are no ${count} free ports in a row between ${range[0]} and ${range[1]}.`);
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  const isListening = await new Promise<boolean>((resolve) => {
    server.once('error', () => resolve(false));
    server.listen(port, '127.0.0.1', () => resolve(true));
  });
  await new Promise((resolve) => server.close(resolve));
  return isListening;
}
