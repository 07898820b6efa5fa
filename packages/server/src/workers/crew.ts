import cluster, { type Worker } from 'node:cluster';
import { fileURLToPath } from 'node:url';
import { ConfigError } from '../config/index.ts';
import type { Log } from '../log.ts';
import type { FromWorker, ToWorker } from './messages.ts';

/** A process that lived so long is replaced at once; one that dies sooner, again and again, more and more slowly. */
const steadyMs = 10_000;
const firstPauseMs = 250;
const longestPauseMs = 10_000;
/** A process that has lost an engine and does not end by itself by then is ended. */
const lostMs = 3_000;
/** Beyond its time for draining. */
const leaveMs = 2_000;

export interface CrewOptions {
  readonly size: number;
  /** What a process is started with. */
  readonly start: Omit<Extract<ToWorker, { type: 'start' }>, 'type' | 'name'>;
  readonly log: Log;
}

/** Where clients find the processes: the same place for all. */
export interface Place {
  readonly url: string;
  readonly port: number;
}

/** The processes that serve: started together, replaced when they die, stopped together. */
export class Crew {
  readonly #options: CrewOptions;
  readonly #workers = new Map<string, Worker>();
  readonly #pauses = new Set<NodeJS.Timeout>();
  #isStopping = false;

  constructor(options: CrewOptions) {
    this.#options = options;
    // This process takes connections in and deals them out in turn: even, and no connection waits at a process that died.
    cluster.schedulingPolicy = cluster.SCHED_RR;
    const file = new URL(import.meta.url.endsWith('.ts') ? './worker.ts' : './worker.js', import.meta.url);
    cluster.setupPrimary({ exec: fileURLToPath(file), args: [] });
  }

  /** Resolves when all serve. @throws ConfigError with what the first of them that could not begin says */
  async start(): Promise<Place> {
    const names = Array.from({ length: this.#options.size }, (_, index) => String(index + 1));
    const [place] = await Promise.all(
      names.map((name) => new Promise<Place>((resolve, reject) => this.#fork(name, 0, resolve, reject))),
    );
    if (place === undefined) throw new RangeError('a crew has at least one process');
    return place;
  }

  /** A process has lost an engine: without them it can do nothing. */
  lost(pid: number): void {
    const worker = [...this.#workers.values()].find(({ process }) => process.pid === pid);
    if (worker === undefined || this.#isStopping) return;
    setTimeout(() => worker.process.kill('SIGKILL'), lostMs).unref();
  }

  /** Lets all of them drain, and ends those that take too long. */
  async stop(drainMs: number): Promise<void> {
    this.#isStopping = true;
    for (const pause of this.#pauses) clearTimeout(pause);
    await Promise.all(
      Array.from(this.#workers.values(), async (worker) => {
        const ended = new Promise((resolve) => worker.once('exit', resolve));
        if (worker.isConnected()) worker.send({ type: 'stop' } satisfies ToWorker);
        const killing = setTimeout(() => worker.process.kill('SIGKILL'), drainMs + leaveMs);
        await ended;
        clearTimeout(killing);
      }),
    );
  }

  /** @param deaths how often in a row it died soon after it began */
  #fork(name: string, deaths: number, ready?: (place: Place) => void, failed?: (error: ConfigError) => void): void {
    const { log, start } = this.#options;
    const worker = cluster.fork();
    const bornAt = performance.now();
    let isReady = false;
    let reason: string | undefined;
    this.#workers.set(name, worker);
    worker.on('message', (message: FromWorker) => {
      if (message.type === 'failed') reason = message.message;
      else {
        isReady = true;
        ready?.(message);
      }
    });
    worker.on('error', (error) => log.warn({ process: name, error: String(error) }, 'could not reach a process'));
    worker.once('exit', (code, signal) => {
      this.#workers.delete(name);
      if (this.#isStopping) return;
      const fields = { process: name, pid: worker.process.pid, code, signal, reason };
      if (!isReady && failed !== undefined) {
        failed(new ConfigError(reason ?? `A process that serves ended before it was ready (${signal ?? code}).`));
        return;
      }
      const isSteady = performance.now() - bornAt >= steadyMs;
      const again = isSteady ? 0 : deaths + 1;
      const pauseMs = again <= 1 && isReady ? 0 : Math.min(firstPauseMs * 2 ** again, longestPauseMs);
      log.warn({ ...fields, replacedInMs: pauseMs }, 'a process that serves ended; another one takes its place');
      const pause = setTimeout(() => {
        this.#pauses.delete(pause);
        this.#fork(name, again);
      }, pauseMs);
      this.#pauses.add(pause);
    });
    worker.send({ type: 'start', name, ...start } satisfies ToWorker);
  }
}
