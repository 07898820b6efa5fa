import type { ConnectionOptions } from 'node:tls';
import { createNode, type MemcacheNode } from 'memcache';

/** How long a connection may take; meanwhile operations time out by themselves. */
const connectTimeoutMs = 1_000;
/** The driver ends a connection that was quiet for so long. */
const idleMs = 60_000;
/** Pause before connecting again. */
const pauseMs = 250;
/** A connection on which nothing comes back for so long, though something is due, is dead: the next one may live. */
const deadAfterMs = 1_000;
/** Commands waiting for their answers; beyond it the engine is slower than the load and doing without is faster. */
const maxWaiting = 10_000;

/** One server. Each connection is a new object of the driver's, so that no half-read answer of a broken one is taken for an answer of the next. */
export class Connection {
  readonly server: string;
  readonly #host: string;
  readonly #port: number;
  readonly #tls: ConnectionOptions | undefined;
  #node: MemcacheNode | undefined;
  #connecting: Promise<MemcacheNode> | undefined;
  #mayConnectAt = 0;
  #due = 0;
  #quietSince = 0;
  #isClosed = false;

  /** @param tls absent: without TLS */
  constructor({ host, port }: { host: string; port: number }, tls?: ConnectionOptions) {
    this.server = `${host}:${port}`;
    this.#host = host;
    this.#port = port;
    this.#tls = tls;
  }

  /** The values that are there, by key. */
  async get(keys: readonly string[]): Promise<Map<string, string>> {
    const answer = await this.#ask((node) =>
      node.command(`get ${keys.join(' ')}`, { isMultiline: true, requestedKeys: [...keys] }),
    );
    const { values = [], foundKeys = [] } = (answer ?? {}) as { values?: string[]; foundKeys?: string[] };
    return new Map(foundKeys.map((key, index) => [key, values[index] ?? '']));
  }

  /** Sends a command and returns the line that answers it. */
  command(line: string): Promise<unknown> {
    return this.#ask((node) => node.command(line));
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#node?.disconnect();
  }

  async #ask(command: (node: MemcacheNode) => Promise<unknown>): Promise<unknown> {
    const node = await this.#connected();
    if (this.#due === 0) this.#quietSince = performance.now();
    this.#due++;
    try {
      return await command(node);
    } finally {
      if (node === this.#node) {
        this.#due--;
        this.#quietSince = performance.now();
      }
    }
  }

  async #connected(): Promise<MemcacheNode> {
    if (this.#due > 0 && performance.now() - this.#quietSince > deadAfterMs) await this.#drop();
    if (this.#due >= maxWaiting) throw new Error('too many commands wait for an answer');
    if (this.#node !== undefined) return this.#node;
    if (this.#isClosed) throw new Error('closed');
    if (this.#connecting === undefined && performance.now() < this.#mayConnectAt) throw new Error('not connected');
    this.#connecting ??= this.#connect().finally(() => {
      this.#connecting = undefined;
    });
    return this.#connecting;
  }

  async #connect(): Promise<MemcacheNode> {
    this.#mayConnectAt = performance.now() + pauseMs;
    const node = createNode(this.#host, this.#port, {
      timeout: idleMs,
      ...(this.#tls === undefined ? {} : { tls: this.#tls }),
    });
    node.on('error', () => undefined);
    node.on('close', () => {
      if (this.#node === node) this.#forget();
    });
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_resolve, reject) => {
      timer = setTimeout(() => {
        void node.disconnect();
        reject(new Error(`${this.server} does not let itself be connected to`));
      }, connectTimeoutMs);
    });
    await Promise.race([node.connect(), late]).finally(() => clearTimeout(timer));
    if (this.#isClosed) await node.disconnect();
    this.#node = node;
    return node;
  }

  async #drop(): Promise<void> {
    const node = this.#node;
    this.#forget();
    await node?.disconnect();
  }

  #forget(): void {
    this.#node = undefined;
    this.#due = 0;
  }
}
