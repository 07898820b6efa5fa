/** Engines refuse messages beyond a megabyte or a few; a busy room's news can be more. */
export const maxPieceBytes = 512 * 1024;
/** Of one sender's message that is still incomplete: more is no message of ours. */
const maxMessageBytes = 128 * 1024 * 1024;

const kinds = { whole: 0, first: 1, middle: 2, last: 3 } as const;
const senderBytes = 8;
const headBytes = 1 + senderBytes;

/** Who sends, in eight bytes. */
export const newSender = (): Uint8Array => crypto.getRandomValues(new Uint8Array(senderBytes));

/** A message to an inbox as pieces of a size that every engine takes, each with its place and its sender. */
export function cut(sender: Uint8Array, payload: Uint8Array): Buffer[] {
  if (payload.byteLength <= maxPieceBytes) return [piece(kinds.whole, sender, payload)];
  const pieces: Buffer[] = [];
  for (let from = 0; from < payload.byteLength; from += maxPieceBytes) {
    const isLast = from + maxPieceBytes >= payload.byteLength;
    const kind = from === 0 ? kinds.first : isLast ? kinds.last : kinds.middle;
    pieces.push(piece(kind, sender, payload.subarray(from, from + maxPieceBytes)));
  }
  return pieces;
}

/** Puts the pieces together again. They come in order from each sender; a message of which one is missing is dropped. */
export class Pieces {
  readonly #incomplete = new Map<string, Buffer[]>();
  readonly #receive: (payload: Uint8Array) => void;

  constructor(receive: (payload: Uint8Array) => void) {
    this.#receive = receive;
  }

  received(bytes: Buffer): void {
    if (bytes.byteLength < headBytes) return;
    const kind = bytes[0];
    const sender = bytes.toString('latin1', 1, headBytes);
    const payload = bytes.subarray(headBytes);
    if (kind === kinds.whole) {
      this.#incomplete.delete(sender);
      this.#receive(payload);
    } else if (kind === kinds.first) this.#incomplete.set(sender, [payload]);
    else this.#add(sender, payload, kind === kinds.last);
  }

  #add(sender: string, payload: Buffer, isLast: boolean): void {
    const pieces = this.#incomplete.get(sender);
    if (pieces === undefined) return;
    pieces.push(payload);
    if (isLast || pieces.length * maxPieceBytes > maxMessageBytes) this.#incomplete.delete(sender);
    if (isLast) this.#receive(Buffer.concat(pieces));
  }
}

function piece(kind: number, sender: Uint8Array, payload: Uint8Array): Buffer {
  const bytes = Buffer.allocUnsafe(headBytes + payload.byteLength);
  bytes[0] = kind;
  bytes.set(sender, 1);
  bytes.set(payload, headBytes);
  return bytes;
}
