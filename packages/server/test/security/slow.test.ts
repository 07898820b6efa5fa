import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { after, before, describe, it } from 'node:test';
import { type SignedUp, Stand } from '../node/stand.ts';

const handshake = [
  'GET /ws HTTP/1.1',
  'Host: parley',
  'Connection: Upgrade',
  'Upgrade: websocket',
  'Sec-WebSocket-Version: 13',
  'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
  '',
  '',
].join('\r\n');

/** Connections that are kept open by sending next to nothing, each a socket and memory that others cannot have. */
describe('who sends slowly', { concurrency: true }, () => {
  let stand: Stand;
  let ann: SignedUp;
  before(async () => {
    stand = await Stand.open();
    ann = await stand.signUp('ann');
  });
  after(() => stand[Symbol.asyncDispose]());

  /** Sends the beginning, then a byte now and then; resolves with all that came back when the server hangs up. */
  const drip = async (beginning: string, drop: string): Promise<string> => {
    const socket: Socket = connect(stand.node.port, '127.0.0.1');
    await once(socket, 'connect');
    let heard = '';
    socket.on('data', (data) => (heard += String(data)));
    socket.on('error', () => undefined);
    if (beginning !== '') socket.write(beginning, 'latin1');
    const dripping = setInterval(() => drop !== '' && socket.write(drop, 'latin1'), 500);
    await once(socket, 'close');
    clearInterval(dripping);
    return heard;
  };
  const goesOn = async (): Promise<void> => assert.equal((await stand.ask('GET', '/me', ann)).status, 200);

  it('headers is told so, and hung up on', async () => {
    const heard = await drip('GET /api/v1/server HTTP/1.1\r\nHost: parley\r\n', 'x');
    assert.match(heard, /^HTTP\/1\.1 408 /);
    await goesOn();
  });

  it('nothing at all is hung up on', async () => {
    const heard = await drip('', '');
    assert.doesNotMatch(heard, /^HTTP\/1\.1 200/);
    await goesOn();
  });

  it('a body is told so, and hung up on', async () => {
    const head =
      'POST /api/v1/sessions HTTP/1.1\r\nHost: parley\r\nContent-Type: application/json\r\nContent-Length: 90000\r\n\r\n{';
    const heard = await drip(head, ' ');
    assert.match(heard, /^HTTP\/1\.1 4\d\d /);
    assert.doesNotMatch(heard, / 200 | 201 /);
    await goesOn();
  });

  it('the handshake of a socket is hung up on', async () => {
    assert.match(await drip(handshake.slice(0, 60), 'x'), /^HTTP\/1\.1 408 /);
    await goesOn();
  });

  it('its hello, by a frame that never ends, is hung up on as if it had said nothing', async () => {
    // A text frame that announces 1,000 bytes and brings them one by one.
    const frame = Buffer.from([0x81, 0xfe, 1_000 >> 8, 1_000 & 255, 0, 0, 0, 0]).toString('latin1');
    const heard = await drip(handshake + frame, ' ');
    assert.match(heard, /^HTTP\/1\.1 101 /);
    assert.match(heard, /hello within/);
    await goesOn();
  });

  it('nothing but pings of the protocol below is hung up on too', async () => {
    const ping = Buffer.from([0x89, 0x80, 0, 0, 0, 0]).toString('latin1');
    const heard = await drip(handshake, ping);
    assert.match(heard, /hello within/);
    await goesOn();
  });
});
