import { RawSocket } from './raw-socket.ts';

/** Where the sender's time stands in a message's text: `~1234.567 `. */
export const stampOf = (): string => `~${performance.now().toFixed(3)} `;
const stamps = /~(\d+\.\d{3}) /g;
const keptBytes = 512;

/** One watching socket. Sampled ones read the time stamps; the others only keep the end of what came. */
export class Receiver {
  readonly latenciesMs: number[] = [];
  #socket: RawSocket | undefined;
  /** Filled in place: a new one for each read was memory outside of V8's heap, whose collections took 5 to 14 ms a second and were measured. */
  readonly #last = Buffer.alloc(keptBytes);
  readonly #isSampled: boolean;
  #carry = '';

  constructor(isSampled: boolean) {
    this.#isSampled = isSampled;
  }

  async open(
    url: string,
    path: string,
    greet: readonly string[],
    headers: Readonly<Record<string, string>> = {},
  ): Promise<void> {
    this.#socket = await RawSocket.open({ url, path, headers, onData: (chunk) => this.#receive(chunk) });
    for (const text of greet) this.#socket.send(text);
  }

  get bytesRead(): number {
    return this.#socket?.bytesRead ?? 0;
  }

  send(text: string): void {
    this.#socket?.send(text);
  }

  /** Whether the end of what came has this in it. */
  endsWith(text: string): boolean {
    return this.#last.includes(text);
  }

  close(): void {
    this.#socket?.close();
  }

  #receive(chunk: Buffer): void {
    const fresh = Math.min(chunk.length, keptBytes);
    this.#last.copyWithin(0, fresh);
    chunk.copy(this.#last, keptBytes - fresh, chunk.length - fresh);
    if (!this.#isSampled) return;
    const now = performance.now();
    const text = this.#carry + chunk.toString('latin1');
    let end = 0;
    for (const match of text.matchAll(stamps)) {
      this.latenciesMs.push(now - Number(match[1]));
      end = match.index + match[0].length;
    }
    this.#carry = text.slice(Math.max(end, text.length - 32));
  }
}
