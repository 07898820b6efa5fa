import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { NodeProcess } from '../cluster/node-process.ts';
import type { CuttingProxy, ProxyMode } from '../cluster/proxy.ts';
import { type EnginePort, enginePorts, type Stack } from '../cluster/stack.ts';
import type { Load } from '../workload/load.ts';
import type { FaultKind } from './kinds.ts';
import type { PlannedFault } from './schedule.ts';

const run = promisify(execFile);
const slowDelayMs = 150;
/** Each way; an append takes several round trips. */
const slowEngineDelayMs = 25;
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
      return disturb([stack.proxy], { type: kind });
    case 'slow':
      return disturb([stack.proxy], { type: 'slow', delayMs: slowDelayMs });
    case 'full':
      await limitFiles(node, '0');
      return { end: () => limitFiles(node, 'unlimited') };
    case 'clock':
      node.setClock(atMs % 2 === 0 ? clockJumpMs : -clockJumpMs);
      return { end: async () => node.setClock(0) };
    case 'storm':
      load.storm(true);
      return { end: async () => load.storm(false) };
    case 'broker-kill':
    case 'store-kill':
    case 'cache-kill':
      return outage(stack, portOf(kind), 'SIGKILL');
    case 'broker-restart':
    case 'store-restart':
      return outage(stack, portOf(kind), 'SIGTERM');
    case 'cache-flush':
      await stack.engines.get('cache')?.flush();
      return nothing;
    case 'broker-partition':
    case 'store-partition':
    case 'cache-partition':
      return disturb([linesOf(stack, portOf(kind))[index % stack.nodes.length]], { type: 'blackhole' });
    case 'broker-cut':
    case 'store-cut':
    case 'cache-cut':
      return disturb([linesOf(stack, portOf(kind))[index % stack.nodes.length]], { type: 'cut' });
    case 'broker-slow':
    case 'store-slow':
    case 'cache-slow':
      return disturb(linesOf(stack, portOf(kind)), { type: 'slow', delayMs: slowEngineDelayMs });
  }
}

const portOf = (kind: FaultKind): EnginePort => enginePorts.find((port) => kind.startsWith(port)) ?? 'broker';

const linesOf = ({ lines }: Stack, port: EnginePort): readonly CuttingProxy[] => lines.get(port) ?? [];

async function outage(stack: Stack, port: EnginePort, signal: 'SIGTERM' | 'SIGKILL'): Promise<Injected> {
  const engine = stack.engines.get(port);
  if (engine === undefined) throw new Error(`the ${port} of this stack is not its own`);
  return { end: await engine.down(signal) };
}

function disturb(lines: readonly (CuttingProxy | undefined)[], mode: ProxyMode): Injected {
  for (const line of lines) line?.setMode(mode);
  return {
    end: async () => {
      for (const line of lines) line?.setMode({ type: 'open' });
    },
  };
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
