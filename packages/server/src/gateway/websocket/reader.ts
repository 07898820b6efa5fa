import { isUtf8 } from 'node:buffer';
import { inflated } from '../deflate.ts';

/** What a WebSocket's bytes come to (RFC 6455, section 5). */
export interface Read {
  message(payload: Buffer, isBinary: boolean): void;
  ping(payload: Buffer): void;
  /** The peer's close frame; nothing is read after it. 1005 where it names no code. */
  closing(code: number): void;
  /** The peer broke the protocol: close with this code. Nothing is read after it. */
  failed(code: number, reason: string): void;
}

export interface ReadLimits {
  /** Bytes of a message, inflated. A longer one fails with 1009 before it is read. */
  readonly maxPayload: number;
  /** Whether the peer may compress its messages (RFC 7692). */
  readonly mayDeflate: boolean;
}

/** What is there of a frame or message that has not come whole. A socket between messages has none. */
export interface Unread {
  readonly chunks: Buffer[];
  bytes: number;
  /** Bytes before which looking again is of no use, so that a frame that drips in is put together once. */
  needed: number;
  message: Fragments | undefined;
}

interface Fragments {
  readonly isBinary: boolean;
  readonly isDeflated: boolean;
  readonly parts: Buffer[];
  bytes: number;
}

/** No client fragments what is this short; each part costs more than its bytes. */
const maxParts = 1_024;
/** Chunks that wait for the rest of a frame; beyond it they are put together, since a buffer of one byte takes some 200. */
const maxChunks = 64;
/** A masked frame without payload. */
const shortestFrame = 6;
const maxControlBytes = 125;

const continuation = 0x0;
const text = 0x1;
const binary = 0x2;
const close = 0x8;
const ping = 0x9;
const pong = 0xa;

/**
 * Reads what came. Keeps nothing of its own, so that an idle socket needs no reader: returns what is to be given with the
 * next bytes, `undefined` where these ended with a message, and 'ended' after the last call of `closing` or `failed`.
 * Unmasks in place: the bytes are the reader's.
 */
export function readFrames(
  chunk: Buffer,
  unread: Unread | undefined,
  limits: ReadLimits,
  read: Read,
): Unread | undefined | 'ended' {
  let bytes = chunk;
  if (unread !== undefined && unread.bytes > 0) {
    unread.chunks.push(chunk);
    unread.bytes += chunk.length;
    if (unread.bytes < unread.needed) {
      if (unread.chunks.length > maxChunks) unread.chunks.splice(0, maxChunks + 1, Buffer.concat(unread.chunks));
      return unread;
    }
    bytes = Buffer.concat(unread.chunks, unread.bytes);
  }
  let message = unread?.message;
  let at = 0;
  for (;;) {
    const left = bytes.length - at;
    if (left === 0 && message === undefined) return undefined;
    const header = headerAt(bytes, at, limits, message);
    if (typeof header === 'string') return fail(read, header);
    if (typeof header === 'number' || left < header.size + header.length) {
      const needed = typeof header === 'number' ? header : header.size + header.length;
      return { chunks: left === 0 ? [] : [kept(bytes, at, bytes.length)], bytes: left, needed, message };
    }
    const { opcode, isFinal, isDeflated } = header;
    const payload = unmasked(bytes, at + header.size, header.length);
    at += header.size + header.length;
    if (opcode === ping) read.ping(payload);
    else if (opcode === close) return closed(payload, read);
    else if (opcode !== pong) {
      if (isFinal && message === undefined) {
        if (!deliver(payload, opcode === binary, isDeflated, limits, read)) return 'ended';
        continue;
      }
      message ??= { isBinary: opcode === binary, isDeflated, parts: [], bytes: 0 };
      // Empty parts would cost memory that no bound on bytes sees.
      if (payload.length > 0) message.parts.push(kept(bytes, at - header.length, at));
      message.bytes += payload.length;
      if (message.parts.length > maxParts) return fail(read, '1008 too many fragments');
      if (!isFinal) continue;
      const whole = Buffer.concat(message.parts, message.bytes);
      if (!deliver(whole, message.isBinary, message.isDeflated, limits, read)) return 'ended';
      message = undefined;
    }
  }
}

interface Header {
  readonly opcode: number;
  readonly isFinal: boolean;
  readonly isDeflated: boolean;
  /** Of the header. */
  readonly size: number;
  /** Of the payload. */
  readonly length: number;
}

/** The header at a place; how many bytes it takes to see it; or a close code with the reason. */
function headerAt(
  bytes: Buffer,
  at: number,
  { maxPayload, mayDeflate }: ReadLimits,
  message: Fragments | undefined,
): Header | number | `${number} ${string}` {
  const [first, second] = [bytes[at], bytes[at + 1]];
  if (first === undefined || second === undefined) return shortestFrame;
  const opcode = first & 0x0f;
  const isFinal = (first & 0x80) !== 0;
  const isDeflated = (first & 0x40) !== 0;
  if ((first & 0x30) !== 0) return '1002 reserved bits';
  if ((second & 0x80) === 0) return '1002 not masked';
  const short = second & 0x7f;
  if (opcode >= close) {
    if (opcode > pong) return '1002 unknown opcode';
    if (!isFinal || isDeflated || short > maxControlBytes) return '1002 not a control frame';
  } else {
    if (opcode > binary) return '1002 unknown opcode';
    if ((opcode === continuation) !== (message !== undefined)) return '1002 fragments out of order';
    if (isDeflated && (!mayDeflate || opcode === continuation)) return '1002 unexpected compression';
  }
  const lengthBytes = short === 126 ? 2 : short === 127 ? 8 : 0;
  const size = 2 + lengthBytes + 4;
  if (bytes.length - at < size) return size;
  const length =
    lengthBytes === 0
      ? short
      : lengthBytes === 2
        ? bytes.readUInt16BE(at + 2)
        : bytes.readUInt32BE(at + 2) * 2 ** 32 + bytes.readUInt32BE(at + 6);
  if (opcode < close && length + (message?.bytes ?? 0) > maxPayload) return '1009 frame too large';
  return { opcode, isFinal, isDeflated, size, length };
}

/** Part of a chunk for later: a copy, where it would keep a much larger chunk from being freed. */
function kept(bytes: Buffer, from: number, to: number): Buffer {
  const part = bytes.subarray(from, to);
  if (part.length * 2 >= bytes.length) return part;
  const copy = Buffer.allocUnsafeSlow(part.length);
  part.copy(copy);
  return copy;
}

function unmasked(bytes: Buffer, at: number, length: number): Buffer {
  const payload = bytes.subarray(at, at + length);
  const mask = bytes.subarray(at - 4, at);
  if (mask[0] === 0 && mask[1] === 0 && mask[2] === 0 && mask[3] === 0) return payload;
  for (let index = 0; index < length; index++) payload[index] = (payload[index] ?? 0) ^ (mask[index & 3] ?? 0);
  return payload;
}

function deliver(payload: Buffer, isBinary: boolean, isDeflated: boolean, limits: ReadLimits, read: Read): boolean {
  const whole = isDeflated ? inflated(payload, limits.maxPayload) : payload;
  if (whole === 'too-large') fail(read, '1009 frame too large');
  else if (whole === 'damaged') fail(read, '1007 damaged frame');
  else if (!isBinary && !isUtf8(whole)) fail(read, '1007 not UTF-8');
  else {
    read.message(whole, isBinary);
    return true;
  }
  return false;
}

function closed(payload: Buffer, read: Read): 'ended' {
  if (payload.length === 0) {
    read.closing(1005);
    return 'ended';
  }
  const code = payload.length === 1 ? 0 : payload.readUInt16BE(0);
  if (!isCloseCode(code)) return fail(read, '1002 not a close code');
  if (!isUtf8(payload.subarray(2))) return fail(read, '1007 not UTF-8');
  read.closing(code);
  return 'ended';
}

/** Codes that may be on the wire (RFC 6455, section 7.4, and the registry that it opened). */
const isCloseCode = (code: number): boolean =>
  (code >= 1000 && code <= 1014 && (code < 1004 || code > 1006)) || (code >= 3000 && code <= 4999);

function fail(read: Read, failure: `${number} ${string}`): 'ended' {
  read.failed(Number(failure.slice(0, 4)), failure.slice(5));
  return 'ended';
}

/** An opcode for frames of ours. */
export const opcodes = { text, close, pong } as const;
