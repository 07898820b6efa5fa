import type { ClientFrame } from '@parley/protocol';
import { ParleyError, type ServerFrame, type UserId } from '@parley/protocol';
import type { ClientOptions, ConnectionState } from './api.ts';

/** What a connection tells its client. */
export interface ConnectionEvents {
  state(state: ConnectionState, detail?: { retryInMs?: number; error?: ParleyError }): void;
  /** Signed in, on a new socket. */
  welcome(user: UserId): void;
  frame(frame: ServerFrame): void;
}

/** No welcome by then: the attempt has failed. */
const welcomeTimeoutMs = 10_000;
const defaultBackoff = { firstMs: 500, maxMs: 20_000 };

/** One socket after another to the same server: hello, pings, backoff with full jitter. */
export class Connection {
  state: ConnectionState = 'idle';
  user: UserId | undefined;
  token: string | undefined;
  readonly #options: ClientOptions;
  readonly #events: ConnectionEvents;
  readonly #random: () => number;
  #socket: WebSocket | undefined;
  #attempts = 0;
  #retry: ReturnType<typeof setTimeout> | undefined;
  #pinging: ReturnType<typeof setInterval> | undefined;
  #deadline: ReturnType<typeof setTimeout> | undefined;
  #retryAfterMs: number | undefined;
  #error: ParleyError | undefined;

  constructor(options: ClientOptions, events: ConnectionEvents) {
    this.#options = options;
    this.#events = events;
    this.#random = options.random ?? Math.random;
    this.token = options.token;
  }

  get isOnline(): boolean {
    return this.state === 'online';
  }

  open(): void {
    if (this.state === 'connecting' || this.state === 'online' || this.state === 'closed') return;
    clearTimeout(this.#retry);
    this.#error = undefined;
    this.#setState('connecting');
    const url = `${this.#options.url.replace(/^http/, 'ws').replace(/\/$/, '')}/ws`;
    const socket = this.#options.webSocket?.(url) ?? new WebSocket(url, 'parley.v1');
    this.#socket = socket;
    this.#deadline = setTimeout(() => this.#lost(socket), welcomeTimeoutMs);
    socket.onopen = () => {
      const { agent } = this.#options;
      this.#write(socket, {
        t: 'hello',
        ...(this.token === undefined ? {} : { token: this.token }),
        ...(agent === undefined ? {} : { agent }),
      });
    };
    socket.onmessage = ({ data }) => this.#received(socket, JSON.parse(String(data)) as ServerFrame);
    socket.onclose = () => this.#lost(socket);
    socket.onerror = () => undefined;
  }

  /** Tries at once instead of waiting for the next attempt. */
  wake(): void {
    if (this.state === 'offline') this.open();
  }

  /** False where there is no socket to write to; the frame is then gone. */
  send(frame: ClientFrame): boolean {
    if (this.#socket === undefined || this.state !== 'online') return false;
    this.#write(this.#socket, frame);
    return true;
  }

  close(): void {
    this.#setState('closed');
    this.#drop();
  }

  /** Starts again with another token. */
  restart(token: string | undefined): void {
    this.token = token;
    this.#drop();
    this.#attempts = 0;
    this.#setState('idle');
    this.open();
  }

  #received(socket: WebSocket, frame: ServerFrame): void {
    if (socket !== this.#socket) return;
    if (frame.t === 'welcome') {
      clearTimeout(this.#deadline);
      this.#attempts = 0;
      this.user = frame.user;
      this.#startPinging(socket, frame.pingMs);
      this.#setState('online');
      this.#events.welcome(frame.user);
    } else if (frame.t === 'pong') {
      clearTimeout(this.#deadline);
    } else if (frame.t === 'bye') {
      this.#retryAfterMs = frame.retryAfterMs;
    } else {
      if (frame.t === 'error') this.#error = ParleyError.fromWire(frame.error);
      this.#events.frame(frame);
    }
  }

  #startPinging(socket: WebSocket, everyMs: number): void {
    let id = 0;
    this.#pinging = setInterval(() => {
      this.#write(socket, { t: 'ping', id: ++id });
      clearTimeout(this.#deadline);
      // A socket whose other side is gone without a word looks open for minutes.
      this.#deadline = setTimeout(() => this.#lost(socket), everyMs / 2);
      unref(this.#deadline);
    }, everyMs);
    unref(this.#pinging);
  }

  #lost(socket: WebSocket): void {
    if (socket !== this.#socket) return;
    this.#drop();
    if (this.#error?.code === 'unauthenticated') {
      this.#setState('signed-out', { error: this.#error });
      return;
    }
    const { firstMs, maxMs } = this.#options.backoff ?? defaultBackoff;
    // Full jitter: https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/
    const jittered = this.#random() * Math.min(maxMs, firstMs * 2 ** this.#attempts++);
    const retryInMs = Math.round(this.#retryAfterMs ?? jittered);
    this.#retryAfterMs = undefined;
    this.#setState('offline', { retryInMs });
    this.#retry = setTimeout(() => this.open(), retryInMs);
  }

  #drop(): void {
    clearTimeout(this.#retry);
    clearTimeout(this.#deadline);
    clearInterval(this.#pinging);
    const socket = this.#socket;
    this.#socket = undefined;
    if (socket !== undefined && socket.readyState <= 1) socket.close();
  }

  #write(socket: WebSocket, frame: ClientFrame): void {
    if (socket.readyState === 1) socket.send(JSON.stringify(frame));
  }

  #setState(state: ConnectionState, detail?: { retryInMs?: number; error?: ParleyError }): void {
    if (this.state === state) return;
    this.state = state;
    this.#events.state(state, detail);
  }
}

/** In Node a timer keeps the process alive unless told not to; browsers have no such thing. */
function unref(timer: ReturnType<typeof setTimeout>): void {
  if (typeof timer === 'object') (timer as { unref?: () => void }).unref?.();
}
