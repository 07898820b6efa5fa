import { type ChildProcess, spawn } from 'node:child_process';
import { createWriteStream, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A node must be ready by then; engines that are starting, and a machine with much else to do, take most of it. */
const readyTimeoutMs = 180_000;

/** A graceful end takes 9 s at most (`--drain-ms` and one); on a busy machine of two cores the rest is waiting for a turn. */
const stopTimeoutMs = 45_000;
/** Before a process that ended by itself is started anew, as a supervisor would. */
const supervisorPauseMs = 1_000;
/** Lines shown of what a process wrote before it ended by itself. */
const lastLines = 20;

/** One server process under test: started, killed, paused and started anew, on one port. */
export class NodeProcess {
  readonly name: string;
  readonly port: number;
  readonly #args: readonly string[];
  readonly #logFile: string;
  readonly #env: Readonly<Record<string, string>>;
  #child: ChildProcess | undefined;
  #isPaused = false;
  #crashes = 0;
  #overdue = 0;
  /** Processes that were told to end: their end is no failure. */
  readonly #dismissed = new WeakSet<ChildProcess>();
  /** What the process's clock is ahead of the machine's. */
  #clockOffsetMs = 0;

  constructor(
    name: string,
    port: number,
    args: readonly string[],
    folder: string,
    env: Readonly<Record<string, string>> = {},
  ) {
    this.name = name;
    this.port = port;
    this.#args = args;
    this.#env = env;
    this.#logFile = join(folder, `${name}.log`);
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  get pid(): number | undefined {
    return this.#child?.pid;
  }

  get isRunning(): boolean {
    return this.#child !== undefined && this.#child.exitCode === null && this.#child.signalCode === null;
  }

  /** Whether the node says so, within that time. */
  async isReady(timeoutMs: number): Promise<boolean> {
    try {
      const { ok, body } = await fetch(`${this.url}/readyz`, { signal: AbortSignal.timeout(timeoutMs) });
      await body?.cancel();
      return ok;
    } catch {
      return false;
    }
  }

  /** How often the process ended by itself. */
  get crashes(): number {
    return this.#crashes;
  }

  /** How often the process did not end when told to. */
  get overdue(): number {
    return this.#overdue;
  }

  get logFile(): string {
    return this.#logFile;
  }

  /** What the process wrote beside its log: why it ended, where it ended by itself. */
  get lastWords(): string {
    const lines = readFileSync(this.#logFile, 'utf8').split('\n');
    return lines
      .filter((line) => line !== '' && !line.startsWith('{'))
      .slice(-lastLines)
      .join('\n');
  }

  /** Starts the process and resolves when it is ready. */
  start(): Promise<void> {
    return this.#ready(this.#spawn());
  }

  #spawn(): ChildProcess {
    const [script = ''] = process.argv.slice(1);
    const shift = join(import.meta.dirname, import.meta.url.endsWith('.ts') ? 'clock-shift.ts' : 'clock-shift.js');
    const child = spawn(
      process.execPath,
      [...process.execArgv, '--import', shift, script, 'serve', '--port', String(this.port), ...this.#args],
      {
        stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
        env: {
          ...process.env,
          PARLEY_LOG_LEVEL: 'info',
          ...this.#env,
          PARLEY_VERIFY_CLOCK_OFFSET_MS: String(this.#clockOffsetMs),
        },
      },
    );
    this.#child = child;
    const reap = (): void => void child.kill('SIGKILL');
    // Should the verifier itself fail, its nodes must not outlive it.
    process.once('exit', reap);
    child.once('exit', () => process.off('exit', reap));
    this.#isPaused = false;
    const log = createWriteStream(this.#logFile, { flags: 'a' });
    child.stderr?.pipe(log);
    child.stdout?.pipe(log, { end: false });
    // A message to a process that was just killed fails; the fault that sends it does not care.
    child.on('error', (error) => log.write(`${String(error)}\n`));
    child.once('exit', () => {
      if (this.#dismissed.has(child)) return;
      this.#crashes++;
      setTimeout(() => {
        if (this.#child === child && !this.#dismissed.has(child)) this.#spawn();
      }, supervisorPauseMs);
    });
    return child;
  }

  kill(): Promise<void> {
    return this.#end('SIGKILL');
  }

  /** Graceful: drains first. */
  stop(): Promise<void> {
    if (this.#isPaused) this.resume();
    return this.#end('SIGTERM');
  }

  pause(): void {
    this.#isPaused = this.#child?.kill('SIGSTOP') ?? false;
  }

  resume(): void {
    this.#child?.kill('SIGCONT');
    this.#isPaused = false;
  }

  /** Moves the process's clock, and that of its next lives. */
  setClock(offsetMs: number): void {
    this.#clockOffsetMs = offsetMs;
    if (this.isRunning && this.#child?.connected === true) this.#child.send({ clockOffsetMs: offsetMs });
  }

  /** Resident memory, in bytes; 0 when the process does not run or the machine does not tell. */
  get residentBytes(): number {
    try {
      const status = readFileSync(`/proc/${this.pid}/status`, 'utf8');
      return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1] ?? 0) * 1024;
    } catch {
      return 0;
    }
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    const child = this.#child;
    if (child === undefined) return;
    this.#dismissed.add(child);
    if (!this.isRunning) return;
    const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
    child.kill(signal);
    const force = setTimeout(() => {
      this.#overdue++;
      child.kill('SIGKILL');
    }, stopTimeoutMs);
    await ended;
    clearTimeout(force);
  }

  async #ready(child: ChildProcess): Promise<void> {
    const deadline = Date.now() + readyTimeoutMs;
    for (;;) {
      if (this.#dismissed.has(child)) return;
      if (await this.isReady(1_000)) return;
      if (Date.now() > deadline)
        throw new Error(`${this.name} was not ready in ${readyTimeoutMs / 1_000} s; see ${this.#logFile}`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}
