import { once } from 'node:events';
import { createConnection, type Socket } from 'node:net';
import { deserialize, serialize } from 'node:v8';
import { ParleyError, type WireError } from '@parley/protocol';

/** Requests under way on one link; beyond it the other side is slower than the load and senders have to wait. */
const maxPending = 20_000;
/** Bytes the other side has not taken above which nothing more is written: news is dropped, requests are refused. */
const maxWaitingBytes = 64 * 1024 * 1024;
/** Of one message. Far above a second of a busy room's news; what claims more is no message of ours. */
const maxMessageBytes = 512 * 1024 * 1024;
const headBytes = 4;

type Failure = { readonly wire: WireError } | { readonly message: string };
/** `[name, args]`: news. `[name, args, id]`: a request. `[id, result]`, `[id, undefined, failure]`: its answer. */
type Message =
  | readonly [string, readonly unknown[], number?]
  | readonly [number, unknown]
  | readonly [number, undefined, Failure];

export interface LinkOptions {
  /** Carries out what the other side asks for or tells. What it throws, or rejects with, is the answer to a request. */
  readonly handle: (name: string, args: readonly unknown[]) => unknown;
  /** The other side is gone; called once, also after `close`. */
  readonly closed: () => void;
}

interface Waiting {
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Two processes of one machine that call each other over a local socket. Values are cloned as between threads, and all that
 * is said in one turn travels in one message, in order.
 */
export class Link {
  readonly #socket: Socket;
  readonly #options: LinkOptions;
  readonly #waiting = new Map<number, Waiting>();
  #outgoing: Message[] = [];
  #lastId = 0;
  #isClosed = false;
  #received: Buffer[] = [];
  #receivedBytes = 0;
  #neededBytes = headBytes;

  constructor(socket: Socket, options: LinkOptions) {
    this.#socket = socket;
    this.#options = options;
    socket.on('data', (data: Buffer) => this.#take(data));
    socket.on('error', () => undefined);
    socket.on('close', () => this.#ended());
  }

  /** Connects to whoever listens at a path. Rejects with the system's error. */
  static async connect(path: string, options: LinkOptions): Promise<Link> {
    const socket = createConnection(path);
    await once(socket, 'connect');
    return new Link(socket, options);
  }

  /** Resolves with the other side's answer. Rejects with `unavailable` where it is gone or much too slow: it may have been done all the same. */
  request(name: string, args: readonly unknown[]): Promise<unknown> {
    if (this.#isClosed || this.#isFull || this.#waiting.size >= maxPending) return Promise.reject(unavailable());
    return new Promise((resolve, reject) => {
      const id = ++this.#lastId;
      this.#waiting.set(id, { resolve, reject });
      this.#say([name, args, id]);
    });
  }

  /** Tells something that may be lost. */
  tell(name: string, args: readonly unknown[]): void {
    if (!this.#isFull) this.#say([name, args]);
  }

  /** Says what was still to be said, and ends. */
  close(): void {
    this.#flush();
    this.#socket.end();
    // The other side need not agree.
    this.#socket.destroySoon();
  }

  get #isFull(): boolean {
    return this.#socket.writableLength > maxWaitingBytes;
  }

  #say(message: Message): void {
    if (this.#isClosed) return;
    if (this.#outgoing.length === 0) setImmediate(() => this.#flush());
    this.#outgoing.push(message);
  }

  #flush(): void {
    const messages = this.#outgoing;
    this.#outgoing = [];
    if (messages.length === 0 || this.#socket.destroyed) return;
    const body = serialize(messages);
    const head = Buffer.allocUnsafe(headBytes);
    head.writeUInt32LE(body.length);
    this.#socket.cork();
    this.#socket.write(head);
    this.#socket.write(body);
    this.#socket.uncork();
  }

  #take(data: Buffer): void {
    this.#received.push(data);
    this.#receivedBytes += data.length;
    if (this.#receivedBytes < this.#neededBytes) return;
    let bytes = this.#received.length === 1 ? data : Buffer.concat(this.#received, this.#receivedBytes);
    for (;;) {
      this.#neededBytes = headBytes + (bytes.length < headBytes ? 0 : bytes.readUInt32LE());
      if (bytes.length < this.#neededBytes || bytes.length < headBytes) break;
      const messages = deserialize(bytes.subarray(headBytes, this.#neededBytes)) as readonly Message[];
      bytes = bytes.subarray(this.#neededBytes);
      for (const message of messages) this.#hear(message);
    }
    if (this.#neededBytes > maxMessageBytes) this.#socket.destroy();
    this.#received = [bytes];
    this.#receivedBytes = bytes.length;
  }

  #hear(message: Message): void {
    if (typeof message[0] === 'number') {
      const [id, result, failure] = message as readonly [number, unknown, Failure?];
      const waiting = this.#waiting.get(id);
      this.#waiting.delete(id);
      if (failure === undefined) waiting?.resolve(result);
      else waiting?.reject('wire' in failure ? ParleyError.fromWire(failure.wire) : new Error(failure.message));
      return;
    }
    const [name, args, id] = message as readonly [string, readonly unknown[], number?];
    void this.#answer(name, args, id);
  }

  async #answer(name: string, args: readonly unknown[], id: number | undefined): Promise<void> {
    try {
      const result = await this.#options.handle(name, args);
      if (id !== undefined) this.#say([id, result]);
    } catch (error) {
      if (id !== undefined) this.#say([id, undefined, failureOf(error)]);
    }
  }

  #ended(): void {
    this.#isClosed = true;
    for (const { reject } of this.#waiting.values()) reject(unavailable());
    this.#waiting.clear();
    this.#options.closed();
  }
}

/** The address of something at a local socket: `local:PATH?name=value`. */
export function localUrl(path: string, options: Readonly<Record<string, string>> = {}): string {
  const query = String(new URLSearchParams(options));
  return `local:${encodeURIComponent(path)}${query === '' ? '' : `?${query}`}`;
}

export function parseLocalUrl(url: string): { readonly path: string; readonly options: URLSearchParams } {
  const [path = '', query = ''] = url.slice('local:'.length).split('?', 2);
  return { path: decodeURIComponent(path), options: new URLSearchParams(query) };
}

const unavailable = (): ParleyError => new ParleyError('unavailable', { retryAfterMs: 1_000 });

function failureOf(error: unknown): Failure {
  if (error instanceof ParleyError) return { wire: error.toWire() };
  return { message: error instanceof Error ? error.message : String(error) };
}
