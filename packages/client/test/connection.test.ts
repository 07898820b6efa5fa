import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { type ClientEvents, type ClientOptions, createClient, ParleyError } from '../src/index.ts';
import { ManualPlatform, settled } from './support/manual-platform.ts';
import { ScriptedServer } from './support/scripted-server.ts';

function scripted(options: Partial<ClientOptions> = {}) {
  const server = new ScriptedServer();
  const platform = new ManualPlatform();
  const client = createClient({ url: 'http://scripted', webSocket: server.webSocket, platform, ...options });
  const states: ClientEvents['state'][] = [];
  client.on('state', (state) => states.push(state));
  const pauses = (): number[] => states.flatMap(({ retryInMs }) => retryInMs ?? []);
  return { server, platform, client, states, pauses };
}

describe('a connection', () => {
  it('waits between attempts a random time up to a bound that doubles, and starts small again once it was online', async () => {
    const bounds = [500, 1_000, 2_000, 4_000, 8_000, 16_000, 20_000, 20_000];
    const shares = fc.array(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), {
      minLength: bounds.length,
      maxLength: bounds.length,
    });
    await fc.assert(
      fc.asyncProperty(shares, async (shares) => {
        const { server, platform, client, pauses } = scripted();
        server.onHello = () => undefined;
        client.connect().catch(() => undefined);
        for (const share of shares) {
          platform.share = share;
          await platform.advance(pauses().at(-1) ?? 0);
          server.cut();
          await settled();
        }
        for (const [attempt, share] of shares.entries())
          assert.equal(pauses()[attempt], Math.round(share * (bounds[attempt] ?? 0)));
        server.onHello = () => server.say(server.welcome);
        await platform.advance(20_000);
        assert.equal(client.state, 'online');
        server.cut();
        await settled();
        assert.ok((pauses().at(-1) ?? Number.POSITIVE_INFINITY) <= 500);
        await client.close();
      }),
      { numRuns: 30 },
    );
  });

  it('comes back when a server that leaves has said', async () => {
    const { server, platform, client, pauses } = scripted();
    await client.connect();
    server.say({ t: 'bye', retryAfterMs: 3_210 });
    server.cut();
    await settled();
    assert.deepEqual(pauses(), [3_210]);
    await platform.advance(3_209);
    assert.equal(server.sockets, 1);
    await platform.advance(1);
    assert.equal(client.state, 'online');
    server.cut();
    await settled();
    assert.equal(pauses().at(-1), 250, 'only that once');
    await client.close();
  });

  it('gives up when its token is refused, says why, and tries again with another token', async () => {
    const { server, platform, client, states } = scripted({ token: 'old' });
    server.onHello = () => {
      server.say({ t: 'error', error: { code: 'unauthenticated', message: 'Please sign in.' } });
      server.cut();
    };
    await assert.rejects(client.connect(), (error) => error instanceof ParleyError && error.code === 'unauthenticated');
    await platform.advance(3_600_000);
    assert.equal(server.sockets, 1);
    assert.equal(states.at(-1)?.state, 'signed-out');
    assert.equal(states.at(-1)?.error?.message, 'Please sign in.');
    server.onHello = () => server.say(server.welcome);
    client.useToken('new');
    await settled();
    assert.equal(client.state, 'online');
    assert.equal(server.framesOf('hello').at(-1)?.token, 'new');
    await client.close();
  });

  it('notices a server that is gone without a word, from a ping that nobody answers', async () => {
    const { server, platform, client } = scripted();
    await client.connect();
    server.onFrame = (frame) => {
      if (frame.t === 'ping') server.say({ t: 'pong', id: frame.id });
    };
    await platform.advance(100_000);
    assert.equal(server.framesOf('ping').length, 4);
    assert.equal(server.sockets, 1);
    server.onFrame = () => undefined;
    await platform.advance(25_000 + 12_499);
    assert.equal(client.state, 'online');
    await platform.advance(1);
    assert.equal(client.state, 'offline');
    await platform.advance(500);
    assert.equal(client.state, 'online');
    await client.close();
  });

  it('takes whatever comes for a sign of life: a pong may be far behind in a slow line', async () => {
    const { server, platform, client } = scripted();
    await client.connect();
    await platform.advance(25_000);
    server.say({ t: 'heads', heads: [] });
    await platform.advance(24_999);
    assert.equal(server.sockets, 1);
    assert.equal(client.state, 'online');
    await client.close();
  });

  it('gives up an attempt that is not welcomed in 10 s', async () => {
    const { server, platform, client } = scripted();
    server.onHello = () => undefined;
    client.connect().catch(() => undefined);
    await platform.advance(9_999);
    assert.equal(client.state, 'connecting');
    await platform.advance(1);
    assert.equal(client.state, 'offline');
    await client.close();
  });

  it('stops connecting when the signal comes, and for good when it is closed', async () => {
    const { server, platform, client } = scripted();
    server.onHello = () => undefined;
    const stop = new AbortController();
    const connecting = client.connect(stop.signal);
    await settled();
    stop.abort(new Error('enough'));
    await assert.rejects(connecting, /enough/);
    const other = client.connect();
    await settled();
    await client.close();
    await assert.rejects(other, /closed/);
    client.useToken('another');
    const sockets = server.sockets;
    await platform.advance(60_000);
    assert.equal(server.sockets, sockets);
    assert.equal(client.state, 'closed');
  });
});
