import assert from 'node:assert/strict';
import type { ServerFrame } from '@parley/protocol';

/** A WebSocket client without any of the SDK's help: says what it is told to, keeps what it hears. */
export class RawClient {
  readonly frames: ServerFrame[] = [];
  readonly #socket: WebSocket;
  #changed = Promise.withResolvers<void>();
  closeCode: number | undefined;

  constructor(url: string) {
    this.#socket = new WebSocket(`${url.replace('http', 'ws')}/ws`, 'parley.v1');
    this.#socket.onmessage = ({ data }) => {
      this.frames.push(JSON.parse(String(data)) as ServerFrame);
      this.#wake();
    };
    this.#socket.onclose = ({ code }) => {
      this.closeCode = code;
      this.#wake();
    };
  }

  #wake(): void {
    this.#changed.resolve();
    this.#changed = Promise.withResolvers();
  }

  async opened(): Promise<this> {
    if (this.#socket.readyState !== WebSocket.OPEN) {
      await new Promise((resolve) => this.#socket.addEventListener('open', resolve, { once: true }));
    }
    return this;
  }

  send(frame: unknown): void {
    this.#socket.send(typeof frame === 'string' || frame instanceof Blob ? frame : JSON.stringify(frame));
  }

  async next<Type extends ServerFrame['t']>(
    type: Type,
    fits: (frame: Extract<ServerFrame, { t: Type }>) => boolean = () => true,
  ): Promise<Extract<ServerFrame, { t: Type }>> {
    for (;;) {
      const found = this.frames.find(
        (frame): frame is Extract<ServerFrame, { t: Type }> =>
          frame.t === type && fits(frame as Extract<ServerFrame, { t: Type }>),
      );
      if (found !== undefined) return found;
      assert.equal(this.closeCode, undefined, `closed while waiting for ${type}; had ${JSON.stringify(this.frames)}`);
      await this.#changed.promise;
    }
  }

  async closed(): Promise<number> {
    while (this.closeCode === undefined) await this.#changed.promise;
    return this.closeCode;
  }

  close(): void {
    this.#socket.close();
  }
}
