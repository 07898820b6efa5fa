import { limits, ParleyError } from '@parley/protocol';
import type { Clock } from '../clock.ts';
import { encodeFrame, errorFrame, judgeFrame, type ParsedFrame, parseFrame } from './frames.ts';
import type { Principal } from './port.ts';
import type { Session } from './session.ts';
import type { ClientSocket } from './socket.ts';
import { frameOf } from './socket.ts';

/** How often a client is asked to ping. Under the 60 s after which common proxies drop a silent connection. */
export const pingMs = 25_000;
/** Frames of one socket waiting for its sign-in to be looked up. */
const maxEarlyFrames = 64;

/** What all connections share with their gateway. */
export interface ConnectionContext {
  authenticate(token: string): Promise<Principal | undefined>;
  /** Whether the session ended while it was looked up. */
  isRevoked(session: string): boolean;
  /** Whether there is room for one more of this account; it then counts until the connection is closed. */
  mayOpen(principal: Principal): boolean;
  open(connection: Connection, principal: Principal): Session;
  closed(connection: Connection): void;
  readonly clock: Clock;
  asParleyError(error: unknown): ParleyError;
}

/** A socket from its first byte to its last: hello, then a session. */
export class Connection {
  readonly openedAt: number;
  readonly socket: ClientSocket;
  /** Where it comes from. */
  readonly address: string | undefined;
  session: Session | undefined;
  readonly #context: ConnectionContext;
  #badFrames = 0;
  #isClosed = false;
  #early: string[] | undefined;
  #cookieToken: string | undefined;

  /** @param cookieToken the browser's session, used when hello carries no token */
  constructor(context: ConnectionContext, socket: ClientSocket, cookieToken: string | undefined, address?: string) {
    this.#context = context;
    this.socket = socket;
    this.#cookieToken = cookieToken;
    this.address = address;
    this.openedAt = context.clock.elapsed();
  }

  received(text: string): void {
    if (this.#isClosed) return;
    if (this.#early !== undefined) {
      if (this.#early.length < maxEarlyFrames) this.#early.push(text);
      else this.close(1008, 'too many frames before welcome');
      return;
    }
    this.#take(parseFrame(text));
  }

  /** A frame from a transport that has read its JSON already. Such a transport waits for `welcome` before it brings the next. */
  receivedValue(value: unknown): void {
    if (!this.#isClosed) this.#take(judgeFrame(value));
  }

  /** A sign of life from the transport below frames. */
  heard(): void {
    if (this.session !== undefined) this.session.lastHeardAt = this.#context.clock.elapsed();
  }

  #take(parsed: ParsedFrame): void {
    if (!parsed.ok) {
      this.#refuse(
        frameOf(
          JSON.stringify({ t: 'error', error: parsed.error, ...(parsed.id === undefined ? {} : { id: parsed.id }) }),
        ),
      );
      return;
    }
    const { frame } = parsed;
    if (this.session !== undefined) {
      this.session.lastHeardAt = this.#context.clock.elapsed();
      this.session.handle(frame);
    } else if (frame.t === 'hello') void this.#hello(frame.token);
    else this.unauthenticated('Say hello first.');
  }

  malformed(reason: 'binary' | 'too-large'): void {
    if (this.#isClosed) return;
    if (reason === 'binary') {
      this.#refuse(errorFrame(new ParleyError('bad-frame', { message: 'Frames are text, not binary.' })));
      return;
    }
    this.socket.send(errorFrame(new ParleyError('frame-too-large')));
    this.close(1009, 'frame too large');
  }

  drained(): void {
    this.session?.drained();
  }

  closed(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#context.closed(this);
  }

  close(code: number, reason: string): void {
    this.socket.close(code, reason);
    this.closed();
  }

  unauthenticated(message?: string): void {
    this.socket.send(errorFrame(new ParleyError('unauthenticated', message === undefined ? {} : { message })));
    this.close(1008, 'unauthenticated');
  }

  /**
   * There is no session after the time for a hello. Not that its token is bad, for which clients sign out: this node may have
   * stood still with the hello in its buffers, or the store may be slow to say whose it is.
   */
  late(): void {
    this.socket.send(errorFrame(new ParleyError('unavailable', { message: 'Nobody said hello within 5 seconds.' })));
    this.close(1008, 'no hello');
  }

  /** There is no room: says so, and when to come back. */
  refuse(error: ParleyError): void {
    this.socket.send(errorFrame(error));
    this.#isClosed = true;
    this.socket.close(1013, 'too many connections');
    if (this.#early !== undefined) this.#context.closed(this);
  }

  async #hello(token: string | undefined): Promise<void> {
    this.#early = [];
    const presented = token ?? this.#cookieToken;
    this.#cookieToken = undefined;
    let principal: Principal | undefined;
    try {
      principal = presented === undefined ? undefined : await this.#context.authenticate(presented);
    } catch (error) {
      this.socket.send(errorFrame(this.#context.asParleyError(error)));
      this.close(1013, 'try again');
      return;
    }
    if (this.#isClosed) return;
    if (principal === undefined || this.#context.isRevoked(principal.session)) return this.unauthenticated();
    if (!this.#context.mayOpen(principal))
      return this.refuse(new ParleyError('limit-reached', { message: 'You are connected too many times already.' }));
    const session = this.#context.open(this, principal);
    this.session = session;
    session.send(
      encodeFrame({
        t: 'welcome',
        session: principal.session,
        user: principal.user,
        now: this.#context.clock.now(),
        pingMs,
      }),
    );
    const early = this.#early;
    this.#early = undefined;
    for (const text of early) this.received(text);
  }

  #refuse(frame: ReturnType<typeof errorFrame>): void {
    this.socket.send(frame);
    if (++this.#badFrames >= limits.maxBadFrames) this.close(1008, 'too many bad frames');
  }
}
