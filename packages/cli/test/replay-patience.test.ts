import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { describe, it } from 'node:test';
import { createClient, ParleyError } from '@parley/client';
import { patiently } from '../src/replay/patience.ts';

/** Plays a balancer whose nodes come back after these answers. */
async function balancer(answers: readonly number[]) {
  const left = [...answers];
  const server = createServer((_request, response) => {
    const status = left.shift() ?? 200;
    const page = `<html><body><h1>${status}</h1>No server is available.</body></html>`;
    response.writeHead(status).end(status === 200 ? JSON.stringify({ name: 'Parley' }) : page);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  assert.ok(typeof address === 'object' && address !== null);
  return {
    client: createClient({ url: `http://127.0.0.1:${address.port}` }),
    left,
    [Symbol.dispose]: () => void server.close(),
  };
}

describe('the patience of a replay', () => {
  it('outlasts a balancer that stands in for its nodes', async () => {
    using behind = await balancer([502, 503, 504, 502, 503, 504, 503]);
    const about = await patiently(() => behind.client.rest.server());
    assert.equal(about.name, 'Parley');
    assert.deepEqual(behind.left, []);
  });

  it('ends at once with what no repetition mends', async () => {
    using behind = await balancer([502, 404, 404]);
    await assert.rejects(
      patiently(() => behind.client.rest.server()),
      (error: unknown) => error instanceof ParleyError && error.code === 'bad-request',
    );
    assert.deepEqual(behind.left, [404]);
  });

  it('counts from the first failure, and several, however long each takes', async (t) => {
    t.mock.timers.enable({ apis: ['Date'], now: 0 });
    let attempts = 0;
    const late = new ParleyError('unavailable', { retryAfterMs: 0 });
    const request = (): Promise<never> => {
      attempts++;
      t.mock.timers.setTime(attempts * 75_000);
      return Promise.reject(late);
    };
    await assert.rejects(patiently(request), late);
    assert.equal(attempts, 5);
  });
});
