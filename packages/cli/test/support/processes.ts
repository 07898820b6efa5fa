import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { freePorts } from '../../src/free-ports.ts';

const main = join(import.meta.dirname, '../../src/main.ts');

export interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

export interface RunOptions {
  readonly env?: Readonly<Record<string, string>>;
  /** What stands on the standard input. */
  readonly input?: string;
}

/** `parley …` as a process of its own. */
export function start(args: readonly string[], { env = {} }: RunOptions = {}): ChildProcessWithoutNullStreams {
  return spawn(process.execPath, ['--conditions=source', main, ...args], {
    env: { ...process.env, PARLEY_TOKEN: '', NO_COLOR: '1', ...env },
  });
}

/** Runs `parley …` to its end. */
export async function parley(args: readonly string[], options: RunOptions = {}): Promise<Ended> {
  const child = start(args, options);
  child.stdin.end(options.input ?? '');
  return ended(child);
}

export async function ended(child: ChildProcessWithoutNullStreams): Promise<Ended> {
  const exit = once(child, 'exit');
  const [out, err] = await Promise.all([text(child.stdout), text(child.stderr)]);
  const [code] = (await exit) as [number | null];
  return { code, out, err };
}

/** A server process on a data folder and a port of its own, that can be killed and started again. */
export class ServerProcess implements AsyncDisposable {
  readonly folder: string;
  readonly url: string;
  #child: ChildProcessWithoutNullStreams | undefined;

  static async start(): Promise<ServerProcess> {
    const server = new ServerProcess(await mkdtemp(join(tmpdir(), 'parley-cli-')), await freePorts(1));
    await server.start();
    return server;
  }

  private constructor(folder: string, port: number) {
    this.folder = folder;
    this.url = `http://127.0.0.1:${port}`;
  }

  /** Resolves once it says that it is ready. */
  async start(): Promise<void> {
    const { port } = new URL(this.url);
    const data = join(this.folder, 'data');
    const child = start(['serve', '--host', '127.0.0.1', '--port', port, '--data', data, '--log-level', 'silent']);
    this.#child = child;
    // Read on to the end: a server whose output nobody takes dies of it.
    let said = '';
    await new Promise<void>((resolve, reject) => {
      const take = (chunk: Buffer): void => {
        said += String(chunk);
        if (said.includes('ready at')) resolve();
      };
      child.stdout.on('data', take);
      child.stderr.on('data', take);
      child.once('exit', (code) => reject(new Error(`the server ended with ${code}: ${said}`)));
    });
  }

  async kill(signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    const child = this.#child;
    this.#child = undefined;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const exit = once(child, 'exit');
    child.kill(signal);
    await exit;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill('SIGTERM');
    await rm(this.folder, { recursive: true, force: true });
  }
}
