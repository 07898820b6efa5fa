export const connecting = 0;
export const open = 1;
export const closed = 3;

/** A client's side of a socket: as much of the browser's interface as the SDK uses. */
export class BrowserSocket {
  readyState: number = connecting;
  onopen: (() => void) | null = null;
  onmessage: ((message: { readonly data: string }) => void) | null = null;
  onclose: (() => void) | null = null;
  onerror: (() => void) | null = null;
  readonly #written: (text: string) => void;
  readonly #closing: () => void;

  /**
   * @param written takes what the client sends
   * @param closing is called once, when the client closes it
   */
  constructor(written: (text: string) => void, closing: () => void) {
    this.#written = written;
    this.#closing = closing;
  }

  send(text: string): void {
    if (this.readyState === open) this.#written(text);
  }

  close(): void {
    if (this.readyState === closed) return;
    this.readyState = closed;
    this.#closing();
  }
}
