import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { describe, it } from 'node:test';
import type { LogRecord } from '../../src/broker/port.ts';
import { openRabbitBroker } from '../../src/broker/rabbitmq/index.ts';
import { silentLog } from '../../src/log.ts';
import { engineForTest } from '../engines.ts';
import { bytes, text } from './conformance/engine.ts';
import { endTogether } from './end-together.ts';
import { eraseNames } from './rabbitmq-names.ts';

const rabbitmq = engineForTest('rabbitmq');
const headerBytes = 7;
/** Class and method of AMQP 0-9-1, as one number. */
const method = { close: 0x14_0028, closed: 0x14_0029, consume: 0x3c_0014, consumeOk: 0x3c_0015 };

/** A method frame that closes a channel: code 406, no text, and no method that it is for. */
function closeOf(channel: number): Buffer {
  const frame = Buffer.alloc(headerBytes + 11 + 1);
  frame.writeUInt8(1, 0);
  frame.writeUInt16BE(channel, 1);
  frame.writeUInt32BE(11, 3);
  frame.writeUInt32BE(method.close, headerBytes);
  frame.writeUInt16BE(406, headerBytes + 4);
  frame.writeUInt8(0xce, frame.length - 1);
  return frame;
}

/** Cuts a stream of bytes into frames. */
class Frames {
  #rest = Buffer.alloc(0);

  take(bytes: Buffer): Buffer[] {
    this.#rest = Buffer.concat([this.#rest, bytes]);
    const frames: Buffer[] = [];
    while (this.#rest.length >= headerBytes) {
      const end = headerBytes + this.#rest.readUInt32BE(3) + 1;
      if (this.#rest.length < end) break;
      frames.push(this.#rest.subarray(0, end));
      this.#rest = this.#rest.subarray(end);
    }
    return frames;
  }
}

const methodOf = (frame: Buffer): number => (frame[0] === 1 ? frame.readUInt32BE(headerBytes) : 0);
const channelOf = (frame: Buffer): number => frame.readUInt16BE(1);

/** RabbitMQ, but for this: the first channel that begins to consume the log is closed in the same breath. */
class ClosingProxy {
  closed = 0;
  readonly #server: Server;

  constructor(real: URL) {
    this.#server = createServer((client) => this.#pass(client, connect(Number(real.port), real.hostname)));
  }

  async listen(): Promise<number> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    const address = this.#server.address();
    assert.ok(typeof address === 'object' && address !== null);
    return address.port;
  }

  close(): void {
    this.#server.close();
  }

  #pass(client: Socket, server: Socket): void {
    let consuming: number | undefined;
    let closing: number | undefined;
    let isGreeted = false;
    const [asked, answered] = [new Frames(), new Frames()];
    client.on('data', (bytes) => {
      // What a client says first is no frame.
      if (!isGreeted) {
        isGreeted = true;
        server.write(bytes);
        return;
      }
      for (const frame of asked.take(bytes)) {
        if (methodOf(frame) === method.consume && frame.includes('.log.')) consuming = channelOf(frame);
        const isAnswer = channelOf(frame) === closing && methodOf(frame) === method.closed;
        server.write(isAnswer && closing !== undefined ? closeOf(closing) : frame);
      }
    });
    server.on('data', (bytes) => {
      const frames = answered.take(bytes).flatMap((frame) => {
        // To the client the channel has ended: nothing more may come on it.
        if (channelOf(frame) === closing) {
          if (methodOf(frame) === method.closed) closing = undefined;
          return [];
        }
        if (this.closed > 0 || methodOf(frame) !== method.consumeOk || channelOf(frame) !== consuming) return [frame];
        this.closed++;
        closing = consuming;
        return [frame, closeOf(closing)];
      });
      client.write(Buffer.concat(frames));
    });
    endTogether(client, server);
  }
}

describe('a consumer whose channel RabbitMQ closes in the same read as it begins', { skip: rabbitmq.skip }, () => {
  it('begins anew', async () => {
    const real = new URL(rabbitmq.url.replace(/^amqp:/, 'http:'));
    const proxy = new ClosingProxy(real);
    const prefix = `channel-${randomUUID()}`;
    const url = `amqp://${real.username}:${real.password}@127.0.0.1:${await proxy.listen()}?prefix=${prefix}`;
    const broker = await openRabbitBroker(url, { partitions: 1, log: silentLog });
    try {
      const consumed = new Promise<string>((resolve) => {
        const done = Promise.resolve();
        const batch = (_: number, records: readonly LogRecord[]): Promise<void> => {
          for (const { payload } of records) resolve(text(payload));
          return done;
        };
        void broker.consume({ assigned: () => done, revoked: () => done, batch }, { maxBatch: 10 });
      });
      await broker.publish(0, [bytes('a command')]);
      assert.equal(await consumed, 'a command');
      assert.equal(proxy.closed, 1, 'no channel was closed');
    } finally {
      await broker.close();
      proxy.close();
      await eraseNames(rabbitmq.url, prefix, 1);
    }
  });
});
