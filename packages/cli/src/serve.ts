import { readFileSync } from 'node:fs';
import { stderr, stdout } from 'node:process';
import { boundYoungGeneration, ConfigError, configHelp, loadConfig, startNode, startWorkers } from '@parley/server';

export const serveHelp = (): string => `Usage: parley serve [OPTIONS]

Starts a server and prints its address. Stops gracefully on SIGTERM and SIGINT.

Options:
${configHelp()}
`;

/** Runs a server until a signal ends it. */
export async function serve(argv: readonly string[]): Promise<number> {
  try {
    const config = loadConfig(argv, process.env, (path) => readFileSync(path, 'utf8'));
    boundYoungGeneration();
    const told = new Promise<undefined>((resolve) => {
      for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => resolve(undefined));
    });
    const node = await Promise.race([config.workers > 1 ? startWorkers(config) : startNode(config), told]);
    // Told to stop while it still waits for an engine: nobody was served yet.
    if (node === undefined) return 0;
    stdout.write(`Parley is ready at ${node.url}\n`);
    if (!node.hasOwner) stdout.write('Nobody has an account yet: the first one made becomes the owner.\n');
    await told;
    await node.stop();
    return 0;
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    stderr.write(`parley: ${error.message}\n`);
    return 1;
  }
}
