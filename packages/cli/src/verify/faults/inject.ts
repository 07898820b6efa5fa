import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { NodeProcess } from '../cluster/node-process.ts';
import type { Stack } from '../cluster/stack.ts';
import type { Load } from '../workload/load.ts';
import type { PlannedFault } from './schedule.ts';

const run = promisify(execFile);
const slowDelayMs = 150;
/** An hour: more than every lease, cache and token life that a wrong clock could confuse within a run. */
const clockJumpMs = 3_600_000;

/** A fault that is on. */
export interface Injected {
  /** Mends it; resolves when everything is as it was. */
  end(): Promise<void>;
}

/** Makes a planned fault happen now. */
export async function inject({ kind, node: index, atMs }: PlannedFault, stack: Stack, load: Load): Promise<Injected> {
  const node = stack.nodes[index % stack.nodes.length];
  if (node === undefined) throw new Error('the stack has no nodes');
  switch (kind) {
    case 'kill':
      await node.kill();
      return { end: () => startAgain(node) };
    case 'pause':
      node.pause();
      return { end: async () => node.resume() };
    case 'restart':
      await node.stop();
      await startAgain(node);
      return nothing;
    case 'rolling':
      for (const each of stack.nodes) {
        await each.stop();
        await startAgain(each);
      }
      return nothing;
    case 'cut':
    case 'blackhole':
      stack.proxy.setMode({ type: kind });
      return { end: async () => stack.proxy.setMode({ type: 'open' }) };
    case 'slow':
      stack.proxy.setMode({ type: 'slow', delayMs: slowDelayMs });
      return { end: async () => stack.proxy.setMode({ type: 'open' }) };
    case 'full':
      await limitFiles(node, '0');
      return { end: () => limitFiles(node, 'unlimited') };
    case 'clock':
      node.setClock(atMs % 2 === 0 ? clockJumpMs : -clockJumpMs);
      return { end: async () => node.setClock(0) };
    case 'storm':
      load.storm(true);
      return { end: async () => load.storm(false) };
    case 'broker':
    case 'store':
    case 'cache':
      await stack.restartEngine(kind);
      return nothing;
  }
}

const nothing: Injected = { end: () => Promise.resolve() };

async function startAgain(node: NodeProcess): Promise<void> {
  if (!node.isRunning) await node.start();
}

/**
 * No file of the process may grow or be written beyond so many bytes: what a full disk looks like, without filling the
 * machine's (prlimit(1), of util-linux). The soft limit only, so that it can be taken back without rights.
 */
async function limitFiles({ pid, isRunning }: NodeProcess, bytes: string): Promise<void> {
  if (pid !== undefined && isRunning) await run('prlimit', ['--pid', String(pid), `--fsize=${bytes}:`]);
}
