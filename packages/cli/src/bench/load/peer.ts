import { existsSync } from 'node:fs';
import { join, sep } from 'node:path';
import { ServerProcess } from './server-process.ts';

/** Starts a peer's server, a script of `peers/`. */
export const peer = (name: string, env: Readonly<Record<string, string>> = {}): Promise<ServerProcess> =>
  ServerProcess.start(
    [join(import.meta.dirname, '..', 'peers', `${name}.${import.meta.url.endsWith('.ts') ? 'ts' : 'js'}`)],
    env,
  );

/** A peer's source that is not TypeScript, beside the scripts. */
export const peerSource = (name: string): string => {
  const inFolder = join(import.meta.dirname, '..', 'peers', name);
  // The compiler copies no Java: a built package has it in its sources.
  return existsSync(inFolder) ? inFolder : inFolder.replace(`${sep}dist${sep}`, `${sep}src${sep}`);
};
