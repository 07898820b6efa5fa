import assert from 'node:assert/strict';
import { connect as connectTcp, createServer, type Server, type Socket } from 'node:net';
import { after, before, describe, it } from 'node:test';
import { setImmediate as check } from 'node:timers/promises';
import { newCid, ParleyError } from '@parley/protocol';
import { MongoBulkWriteError, MongoServerError } from 'mongodb';
import { silentLog } from '../../src/log.ts';
import { readable } from '../../src/store/mongodb/connection.ts';
import { openMongodbStore } from '../../src/store/mongodb/index.ts';
import type { MovableStore } from '../../src/store/port.ts';
import { engineForTest } from '../engines.ts';
import { ann, appendOf, freshStream } from './conformance/make.ts';
import { dropMongodb } from './drop.ts';

const { url, skip } = engineForTest('mongodb');

/** The driver waits for ever for what it writes to a connection whose end was read in the same turn (`answered`). */
describe('a MongoDB that closes its connections, as one that is stopped does', { skip }, () => {
  const { hostname, port, host } = new URL(skip === false ? url : 'mongodb://127.0.0.1:27017');
  const database = `closed_${process.pid}`;
  const sockets = new Set<Socket>();
  let line: Server;
  let store: MovableStore;
  before(async () => {
    line = createServer((client) => {
      const server = connectTcp(Number(port), hostname);
      sockets.add(client);
      client.pipe(server).pipe(client);
      const end = (): void => {
        sockets.delete(client);
        client.destroy();
        server.destroy();
      };
      for (const socket of [client, server]) socket.on('error', end).on('close', end);
    });
    await new Promise<void>((resolve) => line.listen(0, '127.0.0.1', resolve));
    const address = line.address();
    assert.ok(typeof address === 'object' && address !== null);
    store = await openMongodbStore(`mongodb://127.0.0.1:${address.port}/${database}`, { log: silentLog });
  });
  after(async () => {
    await store.close();
    line.close();
    await dropMongodb(host, database);
  });

  const closeAll = (): void => {
    for (const socket of sockets) socket.end();
  };

  it('leaves nothing without an answer that is written or read at that moment', async () => {
    const outcomes: PromiseSettledResult<unknown>[] = [];
    for (let round = 0; round < 20; round++) {
      const stream = freshStream();
      await store.append(appendOf(stream, 1, 1)).catch(() => undefined);
      await store.findByCid(stream, ann, newCid()).catch(() => undefined);
      closeAll();
      // The end is read in the turn that follows, or in one of the next.
      for (let turns = 0; turns <= round % 4; turns++) await check();
      const asked = [store.append(appendOf(freshStream(), 1, 1)), store.read(stream, 1, 9, 9), store.load(stream)];
      outcomes.push(...(await Promise.allSettled(asked)));
    }
    const reasons = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason as unknown] : []));
    for (const reason of reasons) {
      assert.ok(reason instanceof ParleyError && reason.code === 'unavailable', String(reason));
      assert.doesNotMatch(String(reason.cause), /no answer within/);
    }
  });
});

it('MongoDB’s connections that end are a server that is away, however the driver puts it', () => {
  const reset = Object.assign(new Error('write ECONNRESET'), { code: 'ECONNRESET', syscall: 'write' });
  const inBulk = Object.create(MongoBulkWriteError.prototype, { message: { value: 'write ECONNRESET' } }) as unknown;
  const cursorGone = new MongoServerError({ message: 'cursor id 241786365 not found', code: 43 });
  for (const error of [reset, inBulk, cursorGone]) {
    const told = readable(error);
    assert.ok(told instanceof ParleyError && told.code === 'unavailable');
  }
  const mistake = new TypeError('a mistake of ours');
  assert.equal(readable(mistake), mistake);
});
