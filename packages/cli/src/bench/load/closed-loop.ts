import { RawSocket } from './raw-socket.ts';

export interface ClosedLoopOptions {
  readonly url: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly greet: readonly string[];
  /** Sends under way at a time on this socket. */
  readonly window: number;
  /** The frame of the next send. */
  readonly next: () => string;
  /** What every acknowledgement has once. */
  readonly mark: string;
}

/** A sender that sends the next message when one is acknowledged: as fast as the server answers, and no faster. */
export class ClosedLoop {
  readonly latenciesMs: number[] = [];
  acknowledged = 0;
  readonly #options: ClosedLoopOptions;
  readonly #sentAt: number[] = [];
  #socket: RawSocket | undefined;
  #carry = '';
  #isRunning = false;

  constructor(options: ClosedLoopOptions) {
    this.#options = options;
  }

  async open(): Promise<void> {
    const { url, path, headers = {}, greet } = this.#options;
    this.#socket = await RawSocket.open({ url, path, headers, onData: (chunk) => this.#receive(chunk) });
    for (const text of greet) this.#socket.send(text);
  }

  start(): void {
    this.#isRunning = true;
    for (let index = 0; index < this.#options.window; index++) this.#send();
  }

  /** Sends nothing more; what is under way is still answered. */
  stop(): void {
    this.#isRunning = false;
  }

  get pending(): number {
    return this.#sentAt.length;
  }

  close(): void {
    this.#socket?.close();
  }

  #send(): void {
    this.#sentAt.push(performance.now());
    this.#socket?.send(this.#options.next());
  }

  #receive(chunk: Buffer): void {
    const text = this.#carry + chunk.toString('latin1');
    const { mark } = this.#options;
    let from = 0;
    for (let at = text.indexOf(mark); at >= 0; at = text.indexOf(mark, from)) {
      from = at + mark.length;
      const sentAt = this.#sentAt.shift();
      if (sentAt === undefined) continue;
      // Answers to different conversations may overtake one another: the latencies' sum is right, their pairing nearly.
      this.latenciesMs.push(performance.now() - sentAt);
      this.acknowledged++;
      if (this.#isRunning) this.#send();
    }
    this.#carry = text.slice(Math.max(from, text.length - mark.length + 1));
  }
}
