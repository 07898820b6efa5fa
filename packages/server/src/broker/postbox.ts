import { cut, newSender } from './pieces.ts';

/** Bytes waiting for an engine that is slow or away above which messages are dropped, as inboxes may. */
const maxWaitingBytes = 32 * 1024 * 1024;
const maxSendBytes = 4 * 1024 * 1024;
const pauseAfterFailureMs = 250;

/** One piece of a message on its way to a node. */
export interface Letter {
  readonly node: string;
  readonly piece: Buffer;
}

/**
 * What goes to inboxes: in order, one send under way at a time, whatever comes meanwhile in the next one. A send that
 * fails is not repeated: an inbox is at most once, and senders number what they send.
 */
export class Postbox {
  readonly #send: (letters: readonly Letter[]) => Promise<void>;
  readonly #sender = newSender();
  readonly #local = new Map<string, (payload: Uint8Array) => void>();
  #letters: Letter[] = [];
  #bytes = 0;
  #isSending = false;

  constructor(send: (letters: readonly Letter[]) => Promise<void>) {
    this.#send = send;
  }

  post(node: string, payload: Uint8Array): void {
    const receive = this.#local.get(node);
    if (receive !== undefined) {
      // To an inbox of this process: the engine would only bring it back.
      queueMicrotask(() => {
        if (this.#local.get(node) === receive) receive(payload);
      });
      return;
    }
    if (this.#bytes + payload.byteLength > maxWaitingBytes) return;
    for (const piece of cut(this.#sender, payload)) {
      this.#letters.push({ node, piece });
      this.#bytes += piece.byteLength;
    }
    void this.#run();
  }

  openLocal(node: string, receive: (payload: Uint8Array) => void): void {
    this.#local.set(node, receive);
  }

  closeLocal(node: string): void {
    this.#local.delete(node);
  }

  async #run(): Promise<void> {
    if (this.#isSending) return;
    this.#isSending = true;
    await new Promise((resolve) => setImmediate(resolve));
    while (this.#letters.length > 0) {
      try {
        await this.#send(this.#next());
      } catch {
        await new Promise((resolve) => setTimeout(resolve, pauseAfterFailureMs));
      }
    }
    this.#isSending = false;
  }

  #next(): Letter[] {
    let bytes = 0;
    const end = this.#letters.findIndex(({ piece }, index) => {
      bytes += piece.byteLength;
      return index > 0 && bytes > maxSendBytes;
    });
    const letters = this.#letters.splice(0, end === -1 ? this.#letters.length : end);
    for (const { piece } of letters) this.#bytes -= piece.byteLength;
    return letters;
  }
}
