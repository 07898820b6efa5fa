import { constants, deflateRawSync, inflateRawSync } from 'node:zlib';
import type { WebSocket } from 'ws';

/**
 * permessage-deflate (RFC 7692) without context takeover: a compressed frame then depends on nothing that went before,
 * so one frame serves everybody, and a session keeps no window (zlib's are about 300 KB a socket).
 */
export const negotiatedDeflate = {
  serverNoContextTakeover: true,
  clientNoContextTakeover: true,
} as const;

/** Below this a frame gains less than the compressing costs, and a single message waits for nothing. */
export const minDeflatedBytes = 1_024;
/** Compressing costs as much as about six writes; fewer readers are written to sooner than compressed for. */
export const minReadersToDeflate = 8;

/** What every message's compressed data ends with, and its frame leaves out (RFC 7692, section 7.2.1). */
const trailer = Buffer.from([0x00, 0x00, 0xff, 0xff]);

/** The data of a compressed frame. */
export function deflated(payload: Buffer): Buffer {
  // Level 3 gives within a tenth of what 6 does for chat, in half the time (bench wire).
  const data = deflateRawSync(payload, { level: 3, finishFlush: constants.Z_SYNC_FLUSH });
  return data.subarray(0, data.length - trailer.length);
}

interface PerMessageDeflate {
  /** What was agreed. */
  readonly params: { readonly server_max_window_bits?: number };
  decompress(data: Buffer, isLast: boolean, done: (error: Error | null, payload?: Buffer) => void): void;
}

const isExtension = (value: unknown): value is PerMessageDeflate =>
  typeof value === 'object' &&
  value !== null &&
  'params' in value &&
  'decompress' in value &&
  typeof value.decompress === 'function';

/**
 * Whether compressed frames may be sent to a socket: not to one that reads only a smaller window than they are made with.
 * Its own are inflated one by one from then on: ws would keep an inflater for every socket that has ever compressed,
 * about 50 KB, and browsers compress each of their pings.
 */
export function takesDeflated(webSocket: WebSocket, maxPayload: number): boolean {
  const extensions: unknown = Reflect.get(webSocket, '_extensions');
  if (typeof extensions !== 'object' || extensions === null) return false;
  const extension: unknown = Reflect.get(extensions, 'permessage-deflate');
  if (!isExtension(extension)) return false;
  extension.decompress = inflateEach(webSocket, maxPayload);
  return (extension.params.server_max_window_bits ?? 15) === 15;
}

function inflateEach(webSocket: WebSocket, maxPayload: number): PerMessageDeflate['decompress'] {
  let fragments: Buffer[] = [];
  return (data, isLast, done) => {
    fragments.push(data);
    let payload: Buffer | undefined = Buffer.alloc(0);
    if (isLast) {
      payload = inflated(webSocket, Buffer.concat([...fragments, trailer]), maxPayload);
      fragments = [];
    }
    // The receiver expects its answer when it has returned to its loop.
    queueMicrotask(() => done(payload === undefined ? new Error('the frame cannot be inflated') : null, payload));
  };
}

function inflated(webSocket: WebSocket, data: Buffer, maxOutputLength: number): Buffer | undefined {
  try {
    return inflateRawSync(data, { finishFlush: constants.Z_SYNC_FLUSH, maxOutputLength });
  } catch (error) {
    if (error instanceof RangeError) webSocket.close(1009, 'frame too large');
    else webSocket.close(1007, 'damaged frame');
    return undefined;
  }
}
