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
}

class EncodedFrame implements Frame {
  readonly text: string;
  #bytes: Buffer | undefined;

  constructor(text: string) {
    this.text = text;
  }

  get bytes(): Buffer {
    this.#bytes ??= frameText(this.text);
    return this.#bytes;
  }
}

export const frameOf = (text: string): Frame => new EncodedFrame(text);

const finAndText = 0x81;

function frameText(text: string): Buffer {
  const length = Buffer.byteLength(text);
  const headerLength = length < 126 ? 2 : length < 65_536 ? 4 : 10;
  const frame = Buffer.allocUnsafe(headerLength + length);
  frame[0] = finAndText;
  if (headerLength === 2) frame[1] = length;
  else if (headerLength === 4) {
    frame[1] = 126;
    frame.writeUInt16BE(length, 2);
  } else {
    frame[1] = 127;
    frame.writeBigUInt64BE(BigInt(length), 2);
  }
  frame.write(text, headerLength);
  return frame;
}
