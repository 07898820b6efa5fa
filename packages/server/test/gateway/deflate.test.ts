import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { connect } from 'node:net';
import { after, before, describe, it } from 'node:test';
import { limits } from '@parley/protocol';
import { WebSocket as WsClient } from 'ws';
import { type ClientSocket, frameOf } from '../../src/gateway/socket.ts';
import { attachWebSockets } from '../../src/gateway/websocket.ts';
import { until } from '../until.ts';

const long = JSON.stringify({ said: 'Grüße aus der Küche. '.repeat(400) });
const manyReaders = 100;

describe('a frame for many, compressed once', () => {
  let server: Server;
  let detach: () => void;
  let url: string;
  const heard: string[] = [];
  const accepted: ClientSocket[] = [];

  before(async () => {
    server = createServer();
    detach = attachWebSockets(server, {
      isAccepting: () => true,
      isOriginAllowed: () => true,
      accept: (socket) => {
        accepted.push(socket);
        return {
          received: (text) => heard.push(text),
          malformed: (reason) => socket.close(1009, reason),
          drained: () => undefined,
          closed: () => undefined,
        };
      },
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    assert.ok(typeof address === 'object' && address !== null);
    url = `ws://127.0.0.1:${address.port}/ws`;
  });

  after(() => {
    detach();
    server.close();
    server.closeAllConnections();
  });

  /** The server's side of the next socket. */
  const next = async (): Promise<ClientSocket> => {
    await until('the server has the socket', () => accepted.length > 0);
    const socket = accepted.shift();
    assert.ok(socket);
    return socket;
  };

  it('is read by a client as browsers have it, among frames that are not compressed', async () => {
    const client = new WebSocket(url, 'parley.v1');
    const texts: unknown[] = [];
    client.addEventListener('message', ({ data }) => texts.push(data));
    const socket = await next();
    const frame = frameOf(long, manyReaders);
    for (const sent of [frame, frameOf('{"short":1}', manyReaders), frame, frameOf(long)]) socket.send(sent);
    await until('all are there', () => texts.length === 4);
    assert.deepEqual(texts, [long, '{"short":1}', long, long]);
    assert.match(client.extensions, /permessage-deflate/);
    client.close();
    await once(client, 'close');
  });

  it('is the same bytes for everybody, a fraction of the text', () => {
    const frame = frameOf(long, manyReaders);
    assert.equal(frame.deflated, frame.deflated);
    assert.ok(frame.deflated !== undefined && frame.deflated.length < frame.bytes.length / 10);
  });

  it('is not made for few, nor of little', () => {
    assert.equal(frameOf(long, 2).deflated, undefined);
    assert.equal(frameOf('{"short":1}', manyReaders).deflated, undefined);
  });

  it('goes uncompressed to a client that did not offer to inflate, or only with a smaller window', async () => {
    for (const perMessageDeflate of [false, { serverMaxWindowBits: 9 }] as const) {
      const client = new WsClient(url, 'parley.v1', { perMessageDeflate });
      const texts: string[] = [];
      client.on('message', (data: Buffer) => texts.push(String(data)));
      (await next()).send(frameOf(long, manyReaders));
      await until('it is there', () => texts.length === 1);
      assert.deepEqual(texts, [long]);
      client.terminate();
    }
  });

  it('may be a client’s too, whole or in fragments, each by itself', async () => {
    const client = new WsClient(url, 'parley.v1', { perMessageDeflate: { threshold: 0 } });
    await once(client, 'open');
    heard.length = 0;
    client.send('first, compressed');
    client.send('x'.repeat(10_000));
    client.send('in ', { fin: false });
    client.send('', { fin: false });
    client.send('pieces', { fin: true });
    client.send('last, as it is', { compress: false });
    await until('all are heard', () => heard.length === 4);
    assert.deepEqual(heard, ['first, compressed', 'x'.repeat(10_000), 'in pieces', 'last, as it is']);
    (await next()).send(frameOf('{"still":"open"}'));
    await once(client, 'message');
    client.terminate();
  });

  it('ends the connection of a client whose frame would inflate beyond what a frame may hold', async () => {
    const client = new WsClient(url, 'parley.v1', { perMessageDeflate: { threshold: 0 } });
    await once(client, 'open');
    await next();
    heard.length = 0;
    client.send('x'.repeat(100 * limits.maxFrameBytes));
    const [code] = (await once(client, 'close')) as [number];
    assert.equal(code, 1009);
    assert.deepEqual(heard, []);
  });

  it('ends the connection of a client whose compressed data is damaged', async () => {
    const raw = connect(Number(new URL(url).port), '127.0.0.1');
    raw.write(
      'GET /ws HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n' +
        'Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Extensions: permessage-deflate\r\n\r\n',
    );
    await next();
    const bytes: Buffer[] = [];
    raw.on('data', (chunk: Buffer) => bytes.push(chunk));
    raw.write(compressedFrame(Buffer.from('not what deflate makes')));
    await until('a close frame says 1007', () => Buffer.concat(bytes).includes(Buffer.from([0x03, 0xef])));
    raw.destroy();
  });
});

/** A masked text frame that claims to be compressed. */
function compressedFrame(payload: Buffer): Buffer {
  return Buffer.concat([Buffer.from([0xc1, 0x80 | payload.length, 0, 0, 0, 0]), payload]);
}
