import { createHash } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

/** RFC 6455, section 1.3. */
const guid = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';
const keyForm = /^[+/0-9A-Za-z]{22}==$/;
const version = '13';
/** The largest window of deflate, in bits; what our frames are made with. */
const windowBits = 15;

export type Handshake =
  | { readonly ok: true; readonly response: string; readonly takesDeflated: boolean }
  /** The status line and the headers beside it. */
  | { readonly ok: false; readonly status: string; readonly headers?: readonly string[] };

/** Answers a request for a WebSocket (RFC 6455, section 4.2): with `subprotocol` where it is offered. */
export function handshakeOf({ method, headers }: IncomingMessage, subprotocol: string): Handshake {
  if (method !== 'GET') return { ok: false, status: '405 Method Not Allowed', headers: ['Allow: GET'] };
  if (headers.upgrade?.toLowerCase() !== 'websocket') return { ok: false, status: '400 Bad Request' };
  const key = headers['sec-websocket-key'];
  if (key === undefined || !keyForm.test(key)) return { ok: false, status: '400 Bad Request' };
  if (headers['sec-websocket-version'] !== version)
    return { ok: false, status: '426 Upgrade Required', headers: [`Sec-WebSocket-Version: ${version}`] };
  const isOffered = (headers['sec-websocket-protocol'] ?? '').split(',').some((name) => name.trim() === subprotocol);
  const deflate = deflateAnswer(headers['sec-websocket-extensions']);
  const lines = [
    'HTTP/1.1 101 Switching Protocols',
    'Upgrade: websocket',
    'Connection: Upgrade',
    `Sec-WebSocket-Accept: ${createHash('sha1').update(`${key}${guid}`).digest('base64')}`,
    ...(isOffered ? [`Sec-WebSocket-Protocol: ${subprotocol}`] : []),
    ...(deflate === undefined ? [] : [`Sec-WebSocket-Extensions: ${deflate}`]),
  ];
  return { ok: true, response: `${lines.join('\r\n')}\r\n\r\n`, takesDeflated: deflate !== undefined };
}

/**
 * The answer to the first offer of permessage-deflate that can be taken (RFC 7692, section 7.1); `undefined` for none.
 * Always without context takeover: a compressed frame then depends on nothing that went before, so one frame serves
 * everybody, and a session keeps no window (zlib's are about 300 KB a socket).
 */
function deflateAnswer(offers: string | undefined): string | undefined {
  for (const offer of (offers ?? '').split(',')) {
    const [name, ...params] = offer.split(';').map((part) => part.trim());
    if (name !== 'permessage-deflate') continue;
    const pairs = params.map((param) => param.split('=', 2).map((part) => part.trim().replaceAll('"', '')));
    if (new Set(pairs.map(([key]) => key)).size < pairs.length || !pairs.every(isAcceptable)) continue;
    const asksForWindow = pairs.some(([key]) => key === 'server_max_window_bits');
    return `permessage-deflate; server_no_context_takeover; client_no_context_takeover${
      asksForWindow ? `; server_max_window_bits=${windowBits}` : ''
    }`;
  }
  return undefined;
}

/** A client that reads only a smaller window than ours is not compressed for; what its own window is does not matter. */
function isAcceptable([name, value]: readonly string[]): boolean {
  switch (name) {
    case 'server_no_context_takeover':
    case 'client_no_context_takeover':
      return value === undefined;
    case 'client_max_window_bits':
      return value === undefined || /^([89]|1[0-5])$/.test(value);
    case 'server_max_window_bits':
      return value === String(windowBits);
    default:
      return false;
  }
}
