import { join } from 'node:path';
import { ServerProcess } from './server-process.ts';

/** Starts a peer's server, a script of `peers/`. */
export const peer = (name: string, env: Readonly<Record<string, string>> = {}): Promise<ServerProcess> =>
  ServerProcess.start(
    [join(import.meta.dirname, '..', 'peers', `${name}.${import.meta.url.endsWith('.ts') ? 'ts' : 'js'}`)],
    env,
  );
