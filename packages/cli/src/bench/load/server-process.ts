import { type ChildProcess, spawn } from 'node:child_process';
import { pause } from '../measuring.ts';
import { cpuSecondsOfAll, residentBytesOf } from '../process-usage.ts';
import { isOpen } from './program.ts';

const attemptMs = 200;
/** A minute: Erlang and Java take their time on a busy machine. */
const maxAttempts = 300;

function spawned(
  file: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  output: 'pipe' | 'ignore',
): ChildProcess {
  const child = spawn(file, args, { stdio: ['ignore', output, 'inherit'], env: { ...process.env, ...env } });
  const reap = (): void => void child.kill('SIGKILL');
  process.once('exit', reap);
  child.once('exit', () => process.off('exit', reap));
  return child;
}

/** A server under load, in a process of its own: Parley's or a peer's. */
export class ServerProcess {
  readonly url: string;
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess, url: string) {
    this.#child = child;
    this.url = url;
  }

  /**
   * Starts a Node script and waits for the line that names its address.
   * @param script path of the script, followed by its arguments
   */
  static start(script: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<ServerProcess> {
    const child = spawned(process.execPath, [...process.execArgv, ...script], env, 'pipe');
    return new Promise((resolve, reject) => {
      let printed = '';
      child.stdout?.on('data', (chunk: Buffer) => {
        printed += String(chunk);
        const port = /http:\/\/[\w.]+:(\d+)/.exec(printed)?.[1];
        if (port !== undefined) resolve(new ServerProcess(child, `http://127.0.0.1:${port}`));
      });
      child.once('exit', (code) => reject(new Error(`the server ended with code ${code}: ${printed}`)));
    });
  }

  /** Starts any program and waits until it takes connections at the port. */
  static async program(
    port: number,
    file: string,
    args: readonly string[],
    env: Readonly<Record<string, string>> = {},
  ): Promise<ServerProcess> {
    const child = spawned(file, args, env, 'ignore');
    const ended = new Promise<never>((_, reject) => {
      child.once('error', reject);
      child.once('exit', (code) => reject(new Error(`${file} ended with code ${code}`)));
    });
    // It ends one day, and nobody waits for it then.
    ended.catch(() => undefined);
    for (let attempt = 0; !(await isOpen(port)); attempt++) {
      if (attempt > maxAttempts) throw new Error(`${file} does not answer at port ${port}`);
      await Promise.race([pause(attemptMs), ended]);
    }
    return new ServerProcess(child, `http://127.0.0.1:${port}`);
  }

  get pid(): number {
    if (this.#child.pid === undefined) throw new Error('the server has no process');
    return this.#child.pid;
  }

  get cpuSeconds(): number {
    const { user, system } = cpuSecondsOfAll(this.pid);
    return user + system;
  }

  /** Without what the kernel takes. */
  get userCpuSeconds(): number {
    return cpuSecondsOfAll(this.pid).user;
  }

  get residentBytes(): number {
    return residentBytesOf(this.pid);
  }

  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
    const ended = new Promise<void>((resolve) => this.#child.once('exit', () => resolve()));
    this.#child.kill(signal);
    await ended;
  }
}
