import assert from 'node:assert/strict';
import type { ServerFrame, WireError } from '@parley/protocol';
import { io, type Socket } from 'socket.io-client';
import { until } from '../until.ts';

type Frame<Type extends ServerFrame['t']> = Extract<ServerFrame, { t: Type }>;

export interface SocketIoOptions {
  readonly auth?: object | (() => object);
  readonly headers?: Record<string, string>;
  readonly reconnection?: boolean;
}

/** The official client of Socket.IO, and all that it hears. */
export class SocketIoClient {
  readonly frames: ServerFrame[] = [];
  readonly socket: Socket;
  /** Why the connection ended, each time it did. */
  readonly ends: string[] = [];
  refusal: WireError | undefined;
  failure: Error | undefined;

  constructor(url: string, { auth = {}, headers = {}, reconnection = false }: SocketIoOptions = {}) {
    this.socket = io(url, {
      transports: ['websocket'],
      forceNew: true,
      reconnection,
      reconnectionDelay: 20,
      // Asked in a later turn, when whoever made this client can speak of it.
      auth:
        typeof auth === 'function'
          ? (give: (given: object) => void) => queueMicrotask(() => give((auth as () => object)()))
          : auth,
      extraHeaders: headers,
    });
    this.socket.onAny((event: string, frame: ServerFrame) => {
      assert.equal(frame.t, event, 'an event carries the frame of its name');
      this.frames.push(frame);
    });
    this.socket.on('disconnect', (reason) => this.ends.push(reason));
    this.socket.on('connect_error', (error: Error & { data?: WireError }) => {
      this.failure = error;
      this.refusal = error.data;
    });
  }

  async connected(): Promise<this> {
    await until(
      'Socket.IO is connected',
      () => this.socket.connected || this.failure !== undefined,
      () => this.ends,
    );
    assert.equal(this.failure, undefined);
    return this;
  }

  /** Why it was not let in. */
  async refused(): Promise<WireError> {
    await until('it is refused', () => this.failure !== undefined);
    assert.ok(this.refusal !== undefined, String(this.failure));
    return this.refusal;
  }

  /** Emits and resolves with what the callback is given. */
  async ask(event: string, ...values: readonly unknown[]): Promise<ServerFrame> {
    return (await this.socket.timeout(30_000).emitWithAck(event, ...values)) as ServerFrame;
  }

  async next<Type extends ServerFrame['t']>(
    type: Type,
    fits: (frame: Frame<Type>) => boolean = () => true,
  ): Promise<Frame<Type>> {
    const find = (): Frame<Type> | undefined =>
      this.frames.find((frame): frame is Frame<Type> => frame.t === type && fits(frame as Frame<Type>));
    await until(
      `${type} comes`,
      () => find() !== undefined,
      () => ({ frames: this.frames, ends: this.ends }),
    );
    const found = find();
    assert.ok(found !== undefined);
    return found;
  }

  async ended(): Promise<string> {
    await until('it ends', () => this.ends.length > 0);
    return this.ends[0] ?? '';
  }

  close(): void {
    this.socket.disconnect();
  }
}
