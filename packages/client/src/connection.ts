import type { ClientFrame } from '@parley/protocol';
import { ParleyError, type ServerFrame, type UserId } from '@parley/protocol';
import type { ClientOptions, ConnectionState } from './api.ts';
import type { Platform, Timer } from './platform.ts';

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
  readonly #platform: Platform;
  #socket: WebSocket | undefined;
  #attempts = 0;
  #retry: Timer | undefined;
  #pinging: Timer | undefined;
  #deadline: Timer | undefined;
  #retryAfterMs: number | undefined;
  #error: ParleyError | undefined;

  constructor(options: ClientOptions, events: ConnectionEvents, platform: Platform) {
    this.#options = options;
    this.#events = events;
    this.#platform = platform;
    this.token = options.token;
  }

  get isOnline(): boolean {
    return this.state === 'online';
  }

  open(): void {
    if (this.state === 'connecting' || this.state === 'online' || this.state === 'closed') return;
    this.#retry?.cancel();
    this.#error = undefined;
    this.#setState('connecting');
    const url = `${this.#options.url.replace(/^http/, 'ws').replace(/\/$/, '')}/ws`;
    const socket = this.#options.webSocket?.(url) ?? new WebSocket(url, 'parley.v1');
    this.#socket = socket;
    this.#deadline = this.#platform.after(welcomeTimeoutMs, () => this.#lost(socket));
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
    return this.#write(this.#socket, frame);
  }

  close(): void {
    this.#setState('closed');
    this.#drop();
  }

  /** Starts again with another token. A connection that was closed stays closed. */
  restart(token: string | undefined): void {
    if (this.state === 'closed') return;
    this.token = token;
    this.#drop();
    this.#attempts = 0;
    this.#setState('idle');
    this.open();
  }

  #received(socket: WebSocket, frame: ServerFrame): void {
    if (socket !== this.#socket) return;
    // Whatever comes shows that the other side is there; a pong may be far behind in a slow line.
    if (this.state === 'online' || frame.t === 'welcome') this.#deadline?.cancel();
    if (frame.t === 'welcome') {
      this.#attempts = 0;
      this.user = frame.user;
      this.#startPinging(socket, frame.pingMs);
      this.#setState('online');
      this.#events.welcome(frame.user);
    } else if (frame.t === 'bye') {
      this.#retryAfterMs = frame.retryAfterMs;
    } else if (frame.t !== 'pong') {
      if (frame.t === 'error') this.#error = ParleyError.fromWire(frame.error);
      this.#events.frame(frame);
    }
  }

  #startPinging(socket: WebSocket, everyMs: number): void {
    let id = 0;
    const idle = { isIdle: true };
    const ping = (): void => {
      this.#deadline?.cancel();
      // A socket whose other side is gone without a word looks open for minutes.
      this.#deadline = this.#platform.after(everyMs / 2, () => this.#lost(socket), idle);
      this.#write(socket, { t: 'ping', id: ++id });
      this.#pinging = this.#platform.after(everyMs, ping, idle);
    };
    this.#pinging = this.#platform.after(everyMs, ping, idle);
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
    const share = this.#options.random?.() ?? this.#platform.random();
    const jittered = share * Math.min(maxMs, firstMs * 2 ** this.#attempts++);
    const retryInMs = Math.round(this.#retryAfterMs ?? jittered);
    this.#retryAfterMs = undefined;
    this.#setState('offline', { retryInMs });
    this.#retry = this.#platform.after(retryInMs, () => this.open());
  }

  #drop(): void {
    this.#retry?.cancel();
    this.#deadline?.cancel();
    this.#pinging?.cancel();
    const socket = this.#socket;
    this.#socket = undefined;
    if (socket !== undefined && socket.readyState <= 1) socket.close();
  }

  #write(socket: WebSocket, frame: ClientFrame): boolean {
    if (socket.readyState !== 1) return false;
    socket.send(JSON.stringify(frame));
    return true;
  }

  #setState(state: ConnectionState, detail?: { retryInMs?: number; error?: ParleyError }): void {
    if (this.state === state) return;
    this.state = state;
    this.#events.state(state, detail);
  }
}
