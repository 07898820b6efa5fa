import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CuttingProxy } from '../../packages/cli/src/verify/cluster/proxy.ts';
import { loadConfig, startNode } from '../../packages/server/src/index.ts';

/** Engines that a deployment runs on. */
export interface Stack {
  readonly name: string;
  /** For `describe(…, { skip })`: false, or which engine is missing and how to have it. */
  readonly skip: string | false;
  /** Nodes of a deployment; connections go to each in turn. */
  readonly nodes: number;
  /** Settings for nodes that share what is theirs alone in each engine. */
  open(): { readonly flags: readonly string[]; erase(): Promise<void> };
}

/** One process with everything in it, and the settings that everybody has by default. */
export const embedded: Stack = {
  name: 'embedded engines',
  skip: false,
  nodes: 1,
  open: () => ({ flags: [], erase: () => Promise.resolve() }),
};

/** Servers behind a line that can be cut. */
export interface Deployment {
  readonly url: string;
  /** Nobody reaches the servers any more. */
  cut(): void;
  mend(): void;
  stop(): Promise<void>;
}

/** Starts a deployment with nothing in it. */
export async function deploy(stack: Stack = embedded): Promise<Deployment> {
  const folder = await mkdtemp(join(tmpdir(), 'parley-e2e-'));
  let ports: readonly number[] = [];
  const proxy = new CuttingProxy(() => ports.map((port) => ({ host: '127.0.0.1', port })));
  const url = `http://127.0.0.1:${await proxy.listen()}`;
  const engines = stack.open();
  const own = ['--port', '0', '--host', '127.0.0.1', '--data', folder, '--public-url', url, '--log-level', 'warn'];
  const config = loadConfig([...own, ...engines.flags], {}, () => '{}');
  const nodes = await Promise.all(Array.from({ length: stack.nodes }, () => startNode(config)));
  ports = nodes.map(({ port }) => port);
  return {
    url,
    cut: () => proxy.setMode({ type: 'cut' }),
    mend: () => proxy.setMode({ type: 'open' }),
    async stop() {
      await proxy.close();
      await Promise.all(nodes.map((node) => node.stop()));
      await engines.erase();
      await rm(folder, { recursive: true, maxRetries: 5 });
    },
  };
}
