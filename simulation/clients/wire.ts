import type { Connection } from '../../packages/server/src/gateway/connection.ts';
import type { ClientSocket, Frame } from '../../packages/server/src/gateway/socket.ts';
import { Link } from '../time/link.ts';
import type { Process } from '../time/process.ts';
import { BrowserSocket, closed, connecting, open } from './browser-socket.ts';

/** Characters in a socket's buffers above which it counts as lagging; small, so that a short run gets there. */
export const laggingChars = 4_096;
/** Above it the gateway cuts the socket off, as over a real one. */
const maxBufferedChars = 64 * 1_024;

/**
 * A WebSocket between a client and a gateway: ordered both ways, until it is cut, which either side may be late to notice.
 * The gateway writes to this object, the client to `browser`.
 */
export class Wire implements ClientSocket {
  readonly client: Process;
  readonly gateway: Process;
  /** The other side reads nothing while it is set. */
  isStalled = false;
  /** Frames vanish, and nobody is told. */
  isSevered = false;
  /** The most that ever waited in this socket's buffers. */
  mostBuffered = 0;

  readonly browser = new BrowserSocket(
    (text) => this.#fromClient(text),
    () => this.#closedByClient(),
  );
  readonly #up: Link;
  readonly #down: Link;
  readonly #holdsBack: boolean;
  #connection: Connection | undefined;
  #stalledFrames: Frame[] = [];
  #buffered = 0;
  #isLagging = false;
  #isGatewayClosed = false;

  /** @param holdsBack false takes backpressure away, for the mutant that shows it is needed */
  constructor(client: Process, gateway: Process, holdsBack: boolean) {
    this.client = client;
    this.gateway = gateway;
    this.#holdsBack = holdsBack;
    this.#up = new Link(client.scheduler);
    this.#down = new Link(client.scheduler);
  }

  /** Reaches the gateway after a while, which then knows of the socket; fails where there is nobody. */
  connect(accept: (socket: ClientSocket) => Connection): void {
    this.#up.carry(() => {
      if (this.isSevered) return;
      if (this.gateway.isDead) return this.#clientCloses();
      // The kernel answers the handshake's first half also for a process that is paused: the rest has to wait.
      this.gateway.run(() => {
        if (this.browser.readyState === closed) return;
        this.#connection = accept(this);
        this.#toClient(() => {
          if (this.browser.readyState !== connecting) return;
          this.browser.readyState = open;
          this.browser.onopen?.();
        });
      });
    });
  }

  get isLagging(): boolean {
    return this.#holdsBack && this.#isLagging;
  }

  close(): void {
    if (this.#isGatewayClosed) return;
    this.#isGatewayClosed = true;
    this.#connection?.closed();
    this.#toClient(() => this.#clientCloses());
  }

  /** The way between the two is gone. Each side notices at once, later, or only by itself. */
  cut(): void {
    const { random } = this.client.scheduler;
    this.isSevered = true;
    const notice = (tell: () => void): void => {
      if (random.chance(0.7)) this.client.scheduler.after(random.next() * 500, tell);
    };
    notice(() => this.client.run(() => this.#clientCloses()));
    notice(() => this.gateway.run(() => this.#gatewayCloses()));
  }

  /** Reads on where it had stopped. */
  unstall(): void {
    this.isStalled = false;
    const frames = this.#stalledFrames;
    this.#stalledFrames = [];
    for (const frame of frames) this.#arrive(frame);
  }

  #fromClient(text: string): void {
    this.#note(this.client, () => `to ${this.gateway.name}: ${text}`);
    this.#up.carry(() => {
      if (this.isSevered) return;
      this.gateway.run(() => {
        if (!this.#isGatewayClosed) this.#connection?.received(text);
      });
    });
  }

  send(frame: Frame): void {
    if (this.#isGatewayClosed) return;
    this.#buffered += frame.text.length;
    this.mostBuffered = Math.max(this.mostBuffered, this.#buffered);
    if (this.#buffered > laggingChars) this.#isLagging = true;
    if (this.#holdsBack && this.#buffered > maxBufferedChars) {
      this.close();
      return;
    }
    this.#toClient(() => {
      if (this.isStalled) this.#stalledFrames.push(frame);
      else this.#arrive(frame);
    });
  }

  #arrive(frame: Frame): void {
    this.#drain(frame.text.length);
    if (this.browser.readyState !== open) return;
    this.#note(this.client, () => `from ${this.gateway.name}: ${frame.text}`);
    this.browser.onmessage?.({ data: frame.text });
  }

  #drain(chars: number): void {
    this.#buffered -= chars;
    if (!this.#isLagging || this.#buffered > 0) return;
    this.#isLagging = false;
    this.gateway.run(() => {
      if (!this.#isGatewayClosed) this.#connection?.drained();
    });
  }

  #toClient(deliver: () => void): void {
    this.#down.carry(() => {
      if (!this.isSevered) this.client.run(deliver);
    });
  }

  #closedByClient(): void {
    this.#up.carry(() => {
      if (!this.isSevered) this.gateway.run(() => this.#gatewayCloses());
    });
    this.client.scheduler.after(0, () => this.client.run(() => this.browser.onclose?.()));
  }

  /** The gateway's process is gone: its kernel tells the other side. */
  gatewayDied(): void {
    this.#isGatewayClosed = true;
    this.#toClient(() => this.#clientCloses());
  }

  /** The client's process is gone: its kernel tells the other side. */
  clientDied(): void {
    this.browser.readyState = closed;
    this.#up.carry(() => {
      if (!this.isSevered) this.gateway.run(() => this.#gatewayCloses());
    });
  }

  #note({ name, scheduler }: Process, what: () => string): void {
    scheduler.trace.detail(scheduler.now, name, what);
  }

  #clientCloses(): void {
    if (this.browser.readyState === closed) return;
    this.browser.readyState = closed;
    this.browser.onclose?.();
  }

  #gatewayCloses(): void {
    if (this.#isGatewayClosed) return;
    this.#isGatewayClosed = true;
    this.#connection?.closed();
  }
}
