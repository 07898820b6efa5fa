import type { Socket } from 'node:net';
import { limits } from '@parley/protocol';
import { type ClientSocket, type Frame, framed, laggingBytes, maxBufferedBytes, maxReadBytes } from '../socket.ts';
import { opcodes, type Read, type ReadLimits, readFrames, type Unread } from './reader.ts';

/** What a socket tells the gateway. */
export interface SocketEvents {
  received(text: string): void;
  /** A frame that is not text of at most 64 KiB. */
  malformed(reason: 'binary' | 'too-large'): void;
  drained(): void;
  closed(): void;
}

/** A peer that does not answer the closing handshake by then is cut off. */
const closingMs = 2_000;
const plain: ReadLimits = { maxPayload: maxReadBytes, mayDeflate: false };
const deflating: ReadLimits = { maxPayload: maxReadBytes, mayDeflate: true };

/** Where a stream keeps its socket: with a function shared by all instead of a closure for each listener of each socket. */
const owner = Symbol('socket');
interface Owned extends Socket {
  [owner]?: WrittenSocket;
}
function onData(this: Owned, chunk: Buffer): void {
  this[owner]?.read(chunk);
}
function onDrain(this: Owned): void {
  this[owner]?.drained();
}
function onClose(this: Owned): void {
  this[owner]?.events?.closed();
}
function onError(): void {
  // 'close' follows.
}

/**
 * A WebSocket after its handshake. Frames are built once and written by us, one write a tick (design, section 6). What it
 * keeps while idle is this object: no closure, timer or parser of its own.
 */
export class WrittenSocket implements ClientSocket, Read {
  events: SocketEvents | undefined;
  readonly #stream: Owned;
  readonly #limits: ReadLimits;
  #unread: Unread | undefined;
  #queued: Buffer[] | undefined;
  #queuedBytes = 0;
  #isLagging = false;
  /** `closing`: we have said so, and read on until the peer does. */
  #state: 'open' | 'closing' | 'ended' = 'open';

  constructor(stream: Socket, takesDeflated: boolean) {
    this.#stream = stream;
    this.#limits = takesDeflated ? deflating : plain;
    this.#stream[owner] = this;
    // HTTP's sockets may be half open; a WebSocket whose peer has ended has nobody to tell.
    stream.allowHalfOpen = false;
    stream.setTimeout(0);
    stream.setNoDelay(true);
    stream.on('data', onData).on('drain', onDrain).on('close', onClose).on('error', onError);
  }

  get isLagging(): boolean {
    return this.#isLagging;
  }

  send(frame: Frame): void {
    const bytes = (this.#limits.mayDeflate ? frame.deflated : undefined) ?? frame.bytes;
    if (this.#queued === undefined) {
      this.#queued = [bytes];
      if (pending.push(this) === 1) setImmediate(flushAll);
    } else this.#queued.push(bytes);
    this.#queuedBytes += bytes.length;
    // Already here, not at the flush: a session that resumes hundreds of streams would queue all of them in one tick.
    if (this.#queuedBytes + this.#stream.writableLength > laggingBytes) this.#isLagging = true;
  }

  /** One write to the kernel for everything queued in a tick. */
  flush(): void {
    const queued = this.#queued;
    this.#queued = undefined;
    this.#queuedBytes = 0;
    const [first] = queued ?? [];
    if (this.#state !== 'open' || queued === undefined || first === undefined) return;
    if (queued.length === 1) this.#write(first);
    else {
      this.#stream.cork();
      for (const bytes of queued) this.#stream.write(bytes);
      this.#stream.uncork();
      this.#bound();
    }
  }

  close(code: number, reason: string): void {
    if (this.#state !== 'open') return;
    this.flush();
    this.#state = 'closing';
    this.#sayClosed(code, reason);
  }

  read(chunk: Buffer): void {
    if (this.#state === 'ended') return;
    const unread = readFrames(chunk, this.#unread, this.#limits, this);
    this.#unread = unread === 'ended' ? undefined : unread;
  }

  message(payload: Buffer, isBinary: boolean): void {
    if (payload.length > limits.maxFrameBytes) this.events?.malformed('too-large');
    else if (isBinary) this.events?.malformed('binary');
    else this.events?.received(payload.toString());
  }

  ping(payload: Buffer): void {
    if (this.#state === 'open') this.#write(controlFrame(opcodes.pong, payload));
  }

  closing(code: number): void {
    const isOurs = this.#state === 'closing';
    if (this.#state === 'open') this.flush();
    this.#state = 'ended';
    if (!isOurs) this.#sayClosed(code === 1005 ? undefined : code, '');
    this.#stream.end();
  }

  failed(code: number, reason: string): void {
    if (this.#state === 'open') {
      this.flush();
      this.#sayClosed(code, reason);
    }
    this.#state = 'ended';
    this.#stream.end();
  }

  drained(): void {
    if (!this.#isLagging) return;
    this.#isLagging = false;
    this.events?.drained();
  }

  #write(bytes: Buffer): void {
    this.#stream.write(bytes);
    this.#bound();
  }

  #bound(): void {
    const { writableLength } = this.#stream;
    if (writableLength > maxBufferedBytes) this.#stream.destroy();
    else if (writableLength > laggingBytes) this.#isLagging = true;
  }

  #sayClosed(code: number | undefined, reason: string): void {
    const payload = code === undefined ? Buffer.alloc(0) : Buffer.from(`  ${reason}`);
    if (code !== undefined) payload.writeUInt16BE(code);
    this.#stream.write(controlFrame(opcodes.close, payload));
    setTimeout(() => this.#stream.destroy(), closingMs).unref();
  }
}

const fin = 0x80;
const controlFrame = (opcode: number, payload: Buffer): Buffer =>
  framed(fin | opcode, payload.length, (frame, at) => payload.copy(frame, at));

/** Sockets with something queued, flushed together once a tick. */
let pending: WrittenSocket[] = [];

function flushAll(): void {
  const sockets = pending;
  pending = [];
  for (const socket of sockets) socket.flush();
}
