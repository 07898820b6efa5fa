import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { ParleyError } from '@parley/protocol';
import type { Answer, OperationName, Request, Started, ToWorker, WorkerOptions } from './requests.ts';

/** Requests under way on one worker; beyond it the disk is slower than the load and senders have to wait. */
const maxPending = 20_000;

interface Waiting {
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: unknown) => void;
}

/** When what is asked goes to the worker, where it is not to go at once. */
export interface Gathering {
  /** How long to wait, in milliseconds; 0 for not at all. */
  readonly waitMs: number;
  /** What was asked goes now. */
  begins(hasWaited: boolean): void;
}

/** One worker with one connection to the database. What is asked in one tick travels in one message. */
export class Connection {
  readonly #worker: Worker;
  readonly #waiting = new Map<number, Waiting>();
  readonly #gathering: Gathering | undefined;
  #outgoing: Request[] = [];
  #lastId = 0;
  #isClosed = false;

  private constructor(worker: Worker, gathering: Gathering | undefined) {
    this.#worker = worker;
    this.#gathering = gathering;
    worker.on('message', (answers: readonly Answer[]) => this.#answered(answers));
    worker.on('error', (error) => this.#died(error));
    worker.on('exit', () => this.#died(new Error('the database worker ended')));
  }

  /** Rejects with an Error whose message is fit for an operator. */
  static async open(options: WorkerOptions, gathering?: Gathering): Promise<Connection> {
    // `.ts` from source, `.js` when built.
    const file = new URL(import.meta.url.endsWith('.ts') ? './worker.ts' : './worker.js', import.meta.url);
    const worker = new Worker(file, { workerData: options });
    const [started] = (await once(worker, 'message')) as [Started];
    if (!started.ok) {
      await worker.terminate();
      throw new Error(started.message);
    }
    return new Connection(worker, gathering);
  }

  request(name: OperationName, args: readonly unknown[]): Promise<unknown> {
    if (this.#isClosed) return Promise.reject(new ParleyError('unavailable', { message: 'The database is closed.' }));
    if (this.#waiting.size >= maxPending)
      return Promise.reject(new ParleyError('unavailable', { retryAfterMs: 1_000 }));
    return new Promise((resolve, reject) => {
      const id = ++this.#lastId;
      this.#waiting.set(id, { resolve, reject });
      if (this.#outgoing.length === 0) this.#postSoon();
      this.#outgoing.push({ id, name, args });
    });
  }

  /** Tells the writer that all but little of its log is in the file. */
  checkpointed(): void {
    if (!this.#isClosed) this.#worker.postMessage('checkpointed' satisfies ToWorker);
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#post(false);
    this.#isClosed = true;
    const exit = once(this.#worker, 'exit');
    this.#worker.postMessage('close' satisfies ToWorker);
    await exit;
  }

  #postSoon(): void {
    const waitMs = this.#gathering?.waitMs ?? 0;
    if (waitMs > 0) setTimeout(() => this.#post(true), waitMs);
    else setImmediate(() => this.#post(false));
  }

  #post(hasWaited: boolean): void {
    if (this.#outgoing.length === 0) return;
    this.#gathering?.begins(hasWaited);
    this.#worker.postMessage(this.#outgoing);
    this.#outgoing = [];
  }

  #answered(answers: readonly Answer[]): void {
    for (const answer of answers) {
      const waiting = this.#waiting.get(answer.id);
      this.#waiting.delete(answer.id);
      if ('result' in answer) waiting?.resolve(answer.result);
      else {
        const cause = new Error(answer.failure.message);
        waiting?.reject(
          answer.failure.isUnavailable ? new ParleyError('unavailable', { retryAfterMs: 1_000, cause }) : cause,
        );
      }
    }
  }

  #died(cause: Error): void {
    this.#isClosed = true;
    for (const { reject } of this.#waiting.values()) reject(new ParleyError('unavailable', { cause }));
    this.#waiting.clear();
  }
}
