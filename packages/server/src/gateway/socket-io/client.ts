import { errorCatalogue, limits, ParleyError, type WireError } from '@parley/protocol';
import type { Socket } from 'socket.io';
import type { Connection } from '../connection.ts';
import { type ClientSocket, type Frame, frameOf } from '../socket.ts';
import { Answers, type Callback } from './answers.ts';
import { Backlog } from './backlog.ts';
import { readEvent } from './events.ts';

/** Why a client is not let in, as Socket.IO tells it: `data` reaches the listener of `connect_error`. */
export class RefusedError extends Error {
  readonly data: WireError;

  constructor(data: WireError) {
    super(data.message);
    this.data = data;
  }
}

/** Codes of closing after which coming back helps: official clients do so by themselves when the connection ends without a word. */
const passing: ReadonlySet<number> = new Set([1001, 1012, 1013]);
/** A client that does not take leave is cut off. */
const leaveMs = 2_000;

/** Frames as Socket.IO writes them, each encoded once for all who get it. */
const encoded = new WeakMap<Frame, Encoded>();

interface Encoded {
  readonly packet: string;
  readonly frame: readonly Buffer[];
}

/** A client of Socket.IO, as the gateway sees any socket: its frames are events of the same name. */
export class SocketIoClient implements ClientSocket {
  readonly #socket: Socket;
  readonly #backlog: Backlog;
  readonly #answers = new Answers();
  #connection: Connection | undefined;
  #signedIn: ((refusal?: RefusedError) => void) | undefined;
  #refusal: RefusedError | undefined;
  /** What is said between the sign-in and the end of Socket.IO's own greeting. */
  #early: Frame[] | undefined = [];

  constructor(socket: Socket) {
    this.#socket = socket;
    this.#backlog = new Backlog(socket.conn, () => this.#connection?.drained());
  }

  get isLagging(): boolean {
    return this.#backlog.isLagging;
  }

  /** Says hello with what the client gave as `auth`. `signedIn` is called once: with the reason where it is not let in. */
  signIn(connection: Connection, signedIn: (refusal?: RefusedError) => void): void {
    this.#connection = connection;
    this.#signedIn = signedIn;
    const { conn, handshake } = this.#socket;
    conn.on('heartbeat', () => connection.heard());
    conn.once('close', () => connection.closed());
    const { token } = handshake.auth as { readonly token?: unknown };
    if (this.#refusal !== undefined) return signedIn(this.#refusal);
    connection.receivedValue({ t: 'hello', ...(token === undefined ? {} : { token }) });
  }

  /** Socket.IO has greeted the client: events may flow. */
  connected(): void {
    const early = this.#early ?? [];
    this.#early = undefined;
    for (const frame of early) this.send(frame);
    this.#socket.onAny((event: string, ...given: readonly unknown[]) => this.#received(event, given));
    const { resume } = this.#socket.handshake.auth as { readonly resume?: unknown };
    if (resume !== undefined) this.#received('resume', [resume]);
    this.#socket.once('disconnect', () => this.#connection?.closed());
    this.#socket.conn.on('packet', ({ data }: { readonly data?: string | Buffer }) => {
      if (data !== undefined && Buffer.byteLength(data) > limits.maxFrameBytes)
        this.#connection?.malformed('too-large');
    });
  }

  send(frame: Frame): void {
    const type = typeOf(frame.text);
    if (this.#early !== undefined) {
      this.#early.push(frame);
      if (type === 'welcome') this.#settle();
      else if (type === 'error') this.#refused((JSON.parse(frame.text) as { error: WireError }).error);
      return;
    }
    if (this.#answers.take(type, frame.text)) return;
    let known = encoded.get(frame);
    if (known === undefined) {
      const packet = `2["${type}",${frame.text}]`;
      known = { packet, frame: [frameOf(`4${packet}`).bytes] };
      encoded.set(frame, known);
    }
    const options = { compress: false, wsPreEncodedFrame: known.frame };
    this.#socket.conn.write(known.packet, options);
  }

  close(code: number): void {
    const { conn } = this.#socket;
    if (passing.has(code) && this.#refusal === undefined) conn.close();
    else if (this.#early === undefined) this.#socket.disconnect(true);
    this.#settle(new RefusedError(new ParleyError('unavailable').toWire()));
    setTimeout(() => conn.request.socket.destroy(), leaveMs).unref();
  }

  #received(event: string, given: readonly unknown[]): void {
    const { frame, callback } = readEvent(event, given, () => this.#answers.nextId());
    const put = (): void => this.#connection?.receivedValue(frame);
    if (callback === undefined) put();
    else this.#answers.ask(frame, callback as Callback, put);
  }

  /** What passes is not told: official clients come back by themselves after a connection that ends, but not after a refusal. */
  #refused(error: WireError): void {
    if (errorCatalogue[error.code].retry) return;
    this.#refusal = new RefusedError(error);
    this.#settle(this.#refusal);
  }

  #settle(refusal?: RefusedError): void {
    const signedIn = this.#signedIn;
    this.#signedIn = undefined;
    signedIn?.(refusal);
  }
}

/** Every frame begins with its type. */
const typeOf = (text: string): string => text.slice('{"t":"'.length, text.indexOf('"', '{"t":"'.length));
