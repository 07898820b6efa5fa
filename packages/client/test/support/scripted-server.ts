import type { ClientFrame, ServerFrame, UserId } from '@parley/protocol';

type Typed<Type extends ClientFrame['t']> = Extract<ClientFrame, { t: Type }>;

/** The other end of a client's sockets: hears its frames, says what a test wants said, cuts the line. */
export class ScriptedServer {
  readonly user = `u_${'0'.repeat(26)}` as UserId;
  /** Every frame of every socket. */
  readonly frames: ClientFrame[] = [];
  /** Sockets made so far. */
  sockets = 0;
  /** What it does on a frame; hello is answered with a welcome unless this is replaced. */
  onFrame: (frame: ClientFrame) => void = () => undefined;
  onHello: () => void = () => this.say(this.welcome);
  pingMs = 25_000;
  #socket: ScriptedSocket | undefined;

  /** For the option `webSocket`. */
  readonly webSocket = (): WebSocket => {
    this.sockets++;
    this.#socket = new ScriptedSocket((frame) => {
      this.frames.push(frame);
      if (frame.t === 'hello') this.onHello();
      this.onFrame(frame);
    });
    // What a client uses of a socket is all there.
    return this.#socket as unknown as WebSocket;
  };

  get welcome(): ServerFrame {
    return { t: 'welcome', session: 's', user: this.user, now: 0, pingMs: this.pingMs };
  }

  framesOf<Type extends ClientFrame['t']>(type: Type): Typed<Type>[] {
    return this.frames.filter((frame): frame is Typed<Type> => frame.t === type);
  }

  say(frame: ServerFrame): void {
    this.#socket?.onmessage?.({ data: JSON.stringify(frame) });
  }

  ack({ stream, cid }: Typed<'send'>, seq = 1): void {
    this.say({ t: 'ack', stream, cid, seq });
  }

  /** Ends the socket from this side. */
  cut(): void {
    this.#socket?.close();
  }
}

class ScriptedSocket {
  readyState = 0;
  onopen: (() => void) | undefined;
  onmessage: ((event: { data: string }) => void) | undefined;
  onclose: (() => void) | undefined;
  readonly #hear: (frame: ClientFrame) => void;

  constructor(hear: (frame: ClientFrame) => void) {
    this.#hear = hear;
    queueMicrotask(() => {
      if (this.readyState !== 0) return;
      this.readyState = 1;
      this.onopen?.();
    });
  }

  send(text: string): void {
    this.#hear(JSON.parse(text) as ClientFrame);
  }

  close(): void {
    if (this.readyState === 3) return;
    this.readyState = 3;
    queueMicrotask(() => this.onclose?.());
  }
}
