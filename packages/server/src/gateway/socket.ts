import { limits } from '@parley/protocol';
import { deflated, minDeflatedBytes, minReadersToDeflate } from './deflate.ts';

/** Bytes in a socket's buffers above which it counts as lagging: two of the kernel's default send buffers. */
export const laggingBytes = 256 * 1024;
/** Answers and acknowledgements are not held back, so this bounds what a client that never reads can cost. */
export const maxBufferedBytes = 4 * 1024 * 1024;
/** A frame somewhat too large is read, to say so before closing; a larger one ends the connection unread. */
export const maxReadBytes = 2 * limits.maxFrameBytes;

/** A client's socket as the gateway sees it; over a real WebSocket in `websocket.ts`, in memory in the simulation. */
export interface ClientSocket {
  /** Queues a frame for the next write. The same bytes may be given to many sockets and are not changed. */
  send(frame: Frame): void;
  /** The kernel's buffer is full: events wait in the log until `drained` is called. */
  readonly isLagging: boolean;
  close(code: number, reason: string): void;
}

/** A server frame, encoded once: its text and the WebSocket frame around it. */
export interface Frame {
  readonly text: string;
  /** The unmasked WebSocket text frame (RFC 6455, section 5.2), built when first asked for. */
  readonly bytes: Buffer;
  /**
   * The same compressed (RFC 7692), built when first asked for; `undefined` where it is too small or has too few readers
   * to be worth it.
   */
  readonly deflated: Buffer | undefined;
}

class EncodedFrame implements Frame {
  readonly text: string;
  readonly #readers: number;
  #bytes: Buffer | undefined;
  #deflated: Buffer | undefined;

  constructor(text: string, readers: number) {
    this.text = text;
    this.#readers = readers;
  }

  get bytes(): Buffer {
    this.#bytes ??= framed(finAndText, Buffer.byteLength(this.text), (frame, at) => frame.write(this.text, at));
    return this.#bytes;
  }

  get deflated(): Buffer | undefined {
    if (this.#readers < minReadersToDeflate || this.text.length < minDeflatedBytes) return undefined;
    if (this.#deflated === undefined) {
      const data = deflated(Buffer.from(this.text));
      this.#deflated = framed(finTextAndDeflated, data.length, (frame, at) => data.copy(frame, at));
    }
    return this.#deflated;
  }
}

/** @param readers how many sockets it is for, about; many make compressing it worth while */
export const frameOf = (text: string, readers = 1): Frame => new EncodedFrame(text, readers);

const finAndText = 0x81;
const finTextAndDeflated = 0xc1;

/** A frame's header, with `first` as its first byte, and room for the payload that `write` fills. */
export function framed(first: number, length: number, write: (frame: Buffer, at: number) => void): Buffer {
  const headerLength = length < 126 ? 2 : length < 65_536 ? 4 : 10;
  const frame = Buffer.allocUnsafe(headerLength + length);
  frame[0] = first;
  if (headerLength === 2) frame[1] = length;
  else if (headerLength === 4) {
    frame[1] = 126;
    frame.writeUInt16BE(length, 2);
  } else {
    frame[1] = 127;
    frame.writeBigUInt64BE(BigInt(length), 2);
  }
  write(frame, headerLength);
  return frame;
}
