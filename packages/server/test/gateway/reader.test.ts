import assert from 'node:assert/strict';
import type { Writable } from 'node:stream';
import { describe, it } from 'node:test';
import { deflateRawSync } from 'node:zlib';
import fc from 'fast-check';
import * as ws from 'ws';
import { type Read, type ReadLimits, readFrames, type Unread } from '../../src/gateway/websocket/reader.ts';

/** Exported, and not in the types. */
type ReceiverOf = new (options: object) => Writable;
const Receiver = Reflect.get(ws, 'Receiver') as ReceiverOf;
const limits: ReadLimits = { maxPayload: 1_000, mayDeflate: false };
const mask = Buffer.from([0x12, 0x34, 0x56, 0x78]);

/** A client's frame, as masked as it has to be. */
function frame(first: number, payload: Buffer | string, isMasked = true): Buffer {
  const bytes = Buffer.from(payload);
  const length = bytes.length < 126 ? [bytes.length] : [126, bytes.length >> 8, bytes.length & 0xff];
  const [short = 0, ...rest] = length;
  if (!isMasked) return Buffer.concat([Buffer.from([first, short, ...rest]), bytes]);
  const masked = bytes.map((byte, index) => byte ^ (mask[index & 3] ?? 0));
  return Buffer.concat([Buffer.from([first, 0x80 | short, ...rest]), mask, masked]);
}

/** What becomes of chunks, as lines. */
function read(chunks: readonly Buffer[], options = limits): string[] {
  const seen: string[] = [];
  const sink: Read = {
    message: (payload, isBinary) => seen.push(`${isBinary ? 'binary' : 'text'} ${payload.toString('latin1')}`),
    ping: (payload) => seen.push(`ping ${payload.toString('latin1')}`),
    closing: (code) => seen.push(`close ${code}`),
    failed: (code) => seen.push(`failed ${code}`),
  };
  let unread: Unread | undefined;
  for (const chunk of chunks) {
    const rest = readFrames(Buffer.from(chunk), unread, options, sink);
    if (rest === 'ended') break;
    unread = rest;
  }
  return seen;
}

/** The same by `ws`, whose reading has been tried by many. */
async function readByWs(chunks: readonly Buffer[]): Promise<string[]> {
  const seen: string[] = [];
  const receiver = new Receiver({
    isServer: true,
    maxPayload: limits.maxPayload,
    allowSynchronousEvents: true,
  });
  receiver.on('message', (payload: Buffer, isBinary: boolean) =>
    seen.push(`${isBinary ? 'binary' : 'text'} ${payload.toString('latin1')}`),
  );
  receiver.on('ping', (payload: Buffer) => seen.push(`ping ${payload.toString('latin1')}`));
  receiver.on('conclude', (code: number) => seen.push(`close ${code}`));
  receiver.on('error', (error: object) => {
    for (const symbol of Object.getOwnPropertySymbols(error)) {
      const code: unknown = Reflect.get(error, symbol);
      if (typeof code === 'number') seen.push(`failed ${code}`);
    }
  });
  for (const chunk of chunks) {
    if (receiver.destroyed) break;
    receiver.write(Buffer.from(chunk));
  }
  await new Promise((resolve) => setImmediate(resolve));
  return seen;
}

const firsts = [0x81, 0x82, 0x01, 0x02, 0x80, 0x00, 0x89, 0x8a, 0x88, 0x09, 0x83, 0x8b, 0xc1, 0xa1];
const anyFrame = fc
  .tuple(
    fc.oneof({ weight: 4, arbitrary: fc.constantFrom(0x81, 0x01, 0x00, 0x80, 0x89) }, fc.constantFrom(...firsts)),
    fc.oneof(
      fc.string({ unit: 'binary', maxLength: 300 }).map((text) => Buffer.from(text)),
      fc.uint8Array({ maxLength: 200 }),
    ),
    fc.oneof({ weight: 20, arbitrary: fc.constant(true) }, fc.constant(false)),
  )
  .map(([first, payload, isMasked]) => frame(first, Buffer.from(payload), isMasked));

function cut(bytes: Buffer, sizes: readonly number[]): Buffer[] {
  const chunks: Buffer[] = [];
  let at = 0;
  for (let turn = 0; at < bytes.length; turn++) {
    const size = sizes[turn % sizes.length] ?? 1;
    chunks.push(bytes.subarray(at, at + size));
    at += size;
  }
  return chunks;
}

describe('reading a WebSocket’s frames', () => {
  it('comes to the same as what `ws` reads, whatever is sent and however it is cut', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(anyFrame, { maxLength: 8 }),
        fc.array(fc.integer({ min: 1, max: 400 }), { minLength: 1, maxLength: 6 }),
        async (frames, sizes) => {
          const chunks = cut(Buffer.concat(frames), sizes);
          const [ours, theirs] = [read(chunks), await readByWs(chunks)];
          // A header of which only the first bytes came is judged when enough for any is there.
          assert.deepEqual(ours, theirs.slice(0, ours.length));
          if (ours.length < theirs.length) {
            assert.equal(theirs.length, ours.length + 1);
            assert.match(theirs.at(-1) ?? '', /^failed/);
          }
        },
      ),
      { numRuns: 2_000 },
    );
  });

  it('keeps nothing of a socket between messages, and the rest of one that came in part', () => {
    const none: Read = { message: () => 0, ping: () => 0, closing: () => 0, failed: () => 0 };
    const whole = frame(0x81, 'hello');
    assert.equal(readFrames(Buffer.from(whole), undefined, limits, none), undefined);
    const unread = readFrames(Buffer.from(whole.subarray(0, 7)), undefined, limits, none);
    assert.ok(unread !== undefined && unread !== 'ended');
    assert.equal(unread.bytes, 7);
    assert.equal(readFrames(Buffer.from(whole.subarray(7)), unread, limits, none), undefined);
  });

  it('holds a frame that drips in byte by byte in few buffers, and only as many bytes as came', () => {
    const none: Read = { message: () => 0, ping: () => 0, closing: () => 0, failed: () => 0 };
    let unread: Unread | undefined;
    for (const byte of frame(0x81, 'x'.repeat(900)).subarray(0, 800)) {
      const rest = readFrames(Buffer.from([byte]), unread, limits, none);
      assert.ok(rest !== undefined && rest !== 'ended' && rest.chunks.length <= 65);
      unread = rest;
    }
    assert.equal(unread?.bytes, 800);
  });

  it('keeps no large chunk alive for the small fragment that it ended with', () => {
    const none: Read = { message: () => 0, ping: () => 0, closing: () => 0, failed: () => 0 };
    const unread = readFrames(Buffer.concat([frame(0x81, 'x'.repeat(900)), frame(0x01, 'f')]), undefined, limits, none);
    assert.ok(unread !== undefined && unread !== 'ended');
    assert.equal(unread.message?.parts[0]?.buffer.byteLength, 1);
  });

  it('refuses a message in more pieces than anybody makes', () => {
    const pieces = Array.from({ length: 2_000 }, (_, index) => frame(index === 0 ? 0x01 : 0x00, 'x'));
    assert.deepEqual(read(pieces, { ...limits, maxPayload: 10_000 }), ['failed 1008']);
  });

  it('refuses a length beyond every bound before anything of it is there', () => {
    assert.deepEqual(read([Buffer.from([0x81, 0xff, 0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0, 0, 0, 0, 0])]), [
      'failed 1009',
    ]);
  });

  it('inflates what was agreed to be compressed, and no more than a message may hold', () => {
    const deflating = { ...limits, mayDeflate: true };
    const compressed = (text: string): Buffer => {
      const data = deflateRawSync(text, { finishFlush: 2 });
      return frame(0xc1, data.subarray(0, data.length - 4));
    };
    assert.deepEqual(read([compressed('squeezed')], deflating), ['text squeezed']);
    assert.deepEqual(read([compressed('x'.repeat(5_000))], deflating), ['failed 1009']);
    assert.deepEqual(read([compressed('squeezed')]), ['failed 1002']);
    assert.deepEqual(read([frame(0xc1, 'no deflate')], deflating), ['failed 1007']);
  });
});
