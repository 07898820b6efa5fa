import { join } from 'node:path';
import { freePorts } from '../../free-ports.ts';
import type { Closing } from './closing.ts';
import { NodeProcess } from './node-process.ts';
import { CuttingProxy } from './proxy.ts';
import type { Stack } from './stack.ts';

/** One node on the embedded engines, behind a proxy. */
export async function embeddedStack(folder: string, closing: Closing): Promise<Stack> {
  const node = new NodeProcess(
    'node-1',
    await freePorts(1),
    ['--host', '127.0.0.1', '--data', join(folder, 'data'), '--registration', 'closed'],
    folder,
  );
  const proxy = new CuttingProxy(() => [{ host: '127.0.0.1', port: node.port }]);
  closing.add(() => node.stop());
  await node.start();
  closing.add(() => proxy.close());
  return {
    name: 'embedded',
    url: `http://127.0.0.1:${await proxy.listen()}`,
    nodes: [node],
    proxy,
    possible: ['kill', 'pause', 'restart', 'cut', 'blackhole', 'slow', 'full', 'clock', 'storm'],
    engines: new Map(),
    lines: new Map(),
  };
}
