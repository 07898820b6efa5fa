import {
  type Cid,
  type ClientCommand,
  ParleyError,
  type ServerFrame,
  type Signal,
  type StreamEvent,
  type StreamId,
  type UserId,
} from '@parley/protocol';
import type {
  Ack,
  Client,
  ClientEvents,
  ClientOptions,
  ConnectionState,
  PendingSend,
  SendOptions,
  WatchOptions,
} from './api.ts';
import { Connection, type ConnectionEvents } from './connection.ts';
import { Emitter } from './emitter.ts';
import { iterateEvents } from './iterate.ts';
import { memoryOutbox } from './outbox/memory.ts';
import { type Platform, systemPlatform } from './platform.ts';
import { Rest } from './rest.ts';
import { allSafeguards } from './safeguards.ts';
import { Sender } from './sender.ts';
import { Watches } from './watches.ts';

/** The server gives a new token once a day; asking more often is in vain. */
const refreshMs = 3_600_000;

/** The client: puts connection, sender and watches together. Made by `createClient`. */
export class ParleyClient implements Client {
  readonly rest: Rest;
  readonly #connection: Connection;
  readonly #emitter = new Emitter<ClientEvents>();
  readonly #sender: Sender;
  readonly #watches: Watches;
  readonly #onToken: ClientOptions['onToken'];
  readonly #platform: Platform;
  #refreshedAt = 0;
  readonly #wake = (): void => this.#connection.wake();

  constructor(options: ClientOptions, safeguards = allSafeguards) {
    const { platform = systemPlatform } = options;
    const events: ConnectionEvents = {
      state: (state, detail = {}) => this.#emitter.emit('state', { state, ...detail }),
      welcome: () => {
        this.#watches.reconnected();
        this.#sender.reconnected();
        void this.#refresh();
      },
      frame: (frame) => this.#received(frame),
    };
    this.#onToken = options.onToken;
    this.#platform = platform;
    this.#connection = new Connection(options, events, platform);
    this.rest = new Rest(options.url, () => this.#connection.token, options.fetch);
    this.#sender = new Sender(this.#connection, options.outbox ?? memoryOutbox(), this.#emitter, platform);
    this.#watches = new Watches(this.#connection, this.#emitter, platform, safeguards);
    globalThis.addEventListener?.('online', this.#wake);
  }

  get state(): ConnectionState {
    return this.#connection.state;
  }

  get user(): UserId | undefined {
    return this.#connection.user;
  }

  async connect(signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
    await this.#sender.load();
    if (this.state === 'online') return;
    const online = new Promise<void>((resolve, reject) => {
      const done = new AbortController();
      this.on(
        'state',
        ({ state, error }) => {
          if (state === 'online') resolve();
          else if (state === 'signed-out') reject(error ?? new ParleyError('unauthenticated'));
          else if (state === 'closed') reject(new ParleyError('unavailable', { message: 'This client was closed.' }));
          else return;
          done.abort();
        },
        { signal: done.signal },
      );
      signal?.addEventListener('abort', () => {
        done.abort();
        reject(signal.reason);
      });
    });
    this.#connection.open();
    await online;
  }

  useToken(token: string | undefined): void {
    this.#connection.restart(token);
  }

  async close(): Promise<void> {
    globalThis.removeEventListener?.('online', this.#wake);
    this.#connection.close();
    await this.#sender.close();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  on<Type extends keyof ClientEvents>(
    type: Type,
    listener: (event: ClientEvents[Type]) => void,
    options?: { signal?: AbortSignal },
  ): () => void {
    return this.#emitter.on(type, listener, options);
  }

  send(stream: StreamId, command: ClientCommand, options: SendOptions = {}): Promise<Ack> {
    return this.#sender.send(stream, command, options);
  }

  pending(stream?: StreamId): readonly PendingSend[] {
    return this.#sender.pending(stream);
  }

  retry(cid: Cid): void {
    this.#sender.retry(cid);
  }

  cancel(cid: Cid): void {
    this.#sender.cancel(cid);
  }

  watch(stream: StreamId, options: WatchOptions = {}): void {
    this.#watches.watch(stream, options);
  }

  unwatch(stream: StreamId): void {
    this.#watches.unwatch(stream);
  }

  watchFaces(users: readonly UserId[]): void {
    this.#watches.setFaces(users);
  }

  signal(stream: StreamId, signal: Signal): void {
    this.#connection.send({ t: 'signal', stream, signal });
  }

  events(stream: StreamId, options: { after?: number; signal?: AbortSignal } = {}): AsyncIterableIterator<StreamEvent> {
    return iterateEvents(this, stream, options);
  }

  /** Asks for the session's next token; what fails is asked again at a later connection. */
  async #refresh(): Promise<void> {
    const now = this.#platform.now();
    const presented = this.#connection.token;
    if (this.#onToken === undefined || presented === undefined || now - this.#refreshedAt < refreshMs) return;
    this.#refreshedAt = now;
    try {
      const { token } = await this.rest.refreshSession();
      if (token === undefined || this.#connection.token !== presented) return;
      this.#connection.token = token;
      this.#onToken(token);
    } catch {
      this.#refreshedAt = 0;
    }
  }

  #received(frame: ServerFrame): void {
    switch (frame.t) {
      case 'ack':
        return this.#sender.acknowledged(frame);
      case 'nack':
        return this.#sender.refused(frame);
      case 'watched':
        return this.#watches.watched(frame);
      case 'events':
        return this.#watches.events(frame.stream, frame.events);
      case 'heads':
        return this.#watches.heads(frame.heads);
      case 'reset':
        return this.#watches.reset(frame.stream, frame.head);
      case 'ended':
        return this.#watches.ended(frame.stream, ParleyError.fromWire(frame.error));
      case 'error':
        if (frame.id !== undefined) this.#watches.failed(frame.id, ParleyError.fromWire(frame.error));
        else this.#watches.refused(ParleyError.fromWire(frame.error));
        return;
      case 'signal':
        return this.#emitter.emit('signal', { stream: frame.stream, actor: frame.actor, signal: frame.signal });
    }
  }
}
