import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CuttingProxy } from '../../packages/cli/src/verify/cluster/proxy.ts';
import { loadConfig, startNode } from '../../packages/server/src/index.ts';

/** A server on the embedded engines, behind a line that can be cut. */
export interface Deployment {
  readonly url: string;
  /** Nobody reaches the server any more. */
  cut(): void;
  mend(): void;
  stop(): Promise<void>;
}

/** Starts a server with nothing in it and the settings that everybody has by default. */
export async function deploy(): Promise<Deployment> {
  const folder = await mkdtemp(join(tmpdir(), 'parley-e2e-'));
  let port = 0;
  const proxy = new CuttingProxy(() => [{ host: '127.0.0.1', port }]);
  const url = `http://127.0.0.1:${await proxy.listen()}`;
  const flags = ['--port', '0', '--host', '127.0.0.1', '--data', folder, '--public-url', url, '--log-level', 'silent'];
  const node = await startNode(loadConfig(flags, {}, () => '{}'));
  port = node.port;
  return {
    url,
    cut: () => proxy.setMode({ type: 'cut' }),
    mend: () => proxy.setMode({ type: 'open' }),
    async stop() {
      await proxy.close();
      await node.stop();
      await rm(folder, { recursive: true, maxRetries: 5 });
    },
  };
}
