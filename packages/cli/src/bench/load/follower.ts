import { pause } from '../measuring.ts';
import { greeting } from './parley.ts';
import { RawSocket } from './raw-socket.ts';
import { parleyHeaders } from './socket-io.ts';

const seqs = /"seq":(\d+),/g;
const longestMatch = 24;

/** One session that follows one stream through its server's death: comes back after a random wait and resumes where it was. */
export class Follower {
  seq: number;
  /** Events that did not follow the one before. */
  gaps = 0;
  #carry = '';
  #socket: RawSocket | undefined;
  #isClosed = false;
  readonly #url: string;
  readonly #token: string;
  readonly #stream: string;

  constructor(url: string, token: string, stream: string, seq: number) {
    this.#url = url;
    this.#token = token;
    this.#stream = stream;
    this.seq = seq;
  }

  async open(): Promise<void> {
    this.#carry = '';
    const socket = await RawSocket.open({
      url: this.#url,
      path: '/ws',
      headers: parleyHeaders,
      onData: (chunk) => this.#received(chunk),
    });
    this.#socket = socket;
    for (const text of greeting(this.#token, [])) socket.send(text);
    const streams = [{ stream: this.#stream, level: 'full', after: this.seq }];
    socket.send(JSON.stringify({ t: 'watch', id: 1, streams }));
    void socket.isClosed.then(() => this.#comeBack());
  }

  close(): void {
    this.#isClosed = true;
    this.#socket?.close();
  }

  async #comeBack(): Promise<void> {
    for (let wait = 500; !this.#isClosed; wait = Math.min(wait * 2, 4_000)) {
      // Full jitter, as the SDK has it.
      await pause(Math.random() * wait);
      try {
        await this.open();
        return;
      } catch {
        // Nobody is there yet.
      }
    }
  }

  #received(chunk: Buffer): void {
    const text = this.#carry + chunk.toString('latin1');
    let end = 0;
    for (const match of text.matchAll(seqs)) {
      const seq = Number(match[1]);
      if (seq !== this.seq + 1) this.gaps++;
      this.seq = seq;
      end = match.index + match[0].length;
    }
    this.#carry = text.slice(Math.max(end, text.length - longestMatch));
  }
}
