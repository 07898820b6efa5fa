import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { until } from '../until.ts';

const main = fileURLToPath(new URL('../../../cli/src/main.ts', import.meta.url));

/** `parley serve` as people run it: a process of its own. */
export class ServeProcess implements AsyncDisposable {
  readonly #child: ChildProcess;
  readonly #ended: Promise<unknown[]>;
  stdout = '';
  stderr = '';

  constructor(flags: readonly string[], env: Readonly<Record<string, string>> = {}) {
    const inherited = { PATH: process.env['PATH'] ?? '' };
    this.#child = spawn(process.execPath, ['--conditions=source', main, 'serve', ...flags], {
      env: { ...inherited, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#ended = once(this.#child, 'close');
    this.#child.stdout?.on('data', (data: Buffer) => (this.stdout += String(data)));
    this.#child.stderr?.on('data', (data: Buffer) => (this.stderr += String(data)));
  }

  /** The address it prints when it is ready. */
  async ready(): Promise<string> {
    const address = (): string | undefined => /ready at (\S+)/.exec(this.stdout)?.[1];
    await until(
      'it is ready',
      () => address() !== undefined || this.#child.exitCode !== null,
      () => this.stderr,
    );
    const found = address();
    if (found === undefined) throw new Error(`it ended instead of serving: ${this.stderr}`);
    return found;
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  signal(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  /** Resolves with the exit code; a process that had to be killed after so long has none. */
  async ended(withinMs: number): Promise<number | null> {
    const killing = setTimeout(() => this.#child.kill('SIGKILL'), withinMs);
    await this.#ended;
    clearTimeout(killing);
    return this.#child.exitCode;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#child.exitCode === null && this.#child.signalCode === null) this.#child.kill('SIGKILL');
    await this.#ended;
  }
}
