import assert from 'node:assert/strict';
import { createServer, type Server } from 'node:http';
import { after, before, describe, it } from 'node:test';
import { createClient, newCid, newConversationId, ParleyError } from '../src/index.ts';
import { makeChannel, RealServer } from './support/real-server.ts';

const isCoded = (code: string) => (error: unknown) => error instanceof ParleyError && error.code === code;

describe('REST', () => {
  let server: RealServer;
  before(async () => {
    server = await RealServer.start();
    await server.owner.connect();
  });
  after(() => server[Symbol.asyncDispose]());

  it("rejects with the server's code, sentence and field", async () => {
    const stranger = createClient({ url: server.url });
    await assert.rejects(stranger.rest.me(), isCoded('unauthenticated'));
    await assert.rejects(stranger.rest.signIn({ name: 'owner', password: 'wrong' }), (error: unknown) => {
      assert.ok(error instanceof ParleyError);
      assert.equal(error.code, 'wrong-credentials');
      assert.match(error.message, /name or the password/);
      return true;
    });
    await assert.rejects(server.owner.rest.conversation(newConversationId()), isCoded('not-found'));
    await assert.rejects(server.owner.rest.updateMe({ color: 99 }), (error: unknown) => {
      assert.ok(error instanceof ParleyError);
      assert.equal(error.field, 'color');
      return true;
    });
    await stranger.close();
  });

  it('answers a command that is sent again with the first answer', async () => {
    const stream = await makeChannel(server.owner, 'again');
    const cid = newCid();
    const acks = [];
    for (let time = 0; time < 3; time++)
      acks.push(await server.owner.rest.command(stream, cid, { type: 'post', text: 'once' }));
    for (const ack of acks) assert.deepEqual(ack, { stream, cid, seq: 2 });
    assert.equal((await server.owner.rest.messages(stream)).messages.length, 1);
  });

  it('pages through messages and events', async () => {
    const stream = await makeChannel(server.owner, 'pages');
    for (const text of ['a', 'b', 'c']) await server.owner.send(stream, { type: 'post', text });
    const page = await server.owner.rest.messages(stream, { before: 4, limit: 1 });
    assert.deepEqual(
      page.messages.map(({ text }) => text),
      ['b'],
    );
    assert.deepEqual([page.hasBefore, page.hasAfter], [true, true]);
    const { events, head } = await server.owner.rest.events(stream, { after: 2, limit: 2 });
    assert.deepEqual([events.map(({ seq }) => seq), head], [[3, 4], 4]);
  });
});

describe('REST without the server it needs', () => {
  let answers: { status: number; body: string }[] = [];
  let requests = 0;
  let impostor: Server;
  let url = '';
  before(async () => {
    impostor = createServer((_request, response) => {
      requests++;
      const { status, body } = answers.shift() ?? { status: 200, body: '{}' };
      response.writeHead(status).end(body);
    });
    await new Promise<void>((resolve) => impostor.listen(0, '127.0.0.1', resolve));
    const address = impostor.address();
    assert.ok(typeof address === 'object' && address !== null);
    url = `http://127.0.0.1:${address.port}`;
  });
  after(() => void impostor.close());

  it('is unavailable where nobody listens, with the cause', async () => {
    const client = createClient({ url: 'http://127.0.0.1:1' });
    await assert.rejects(client.rest.server(), (error: unknown) => {
      assert.ok(error instanceof ParleyError);
      assert.equal(error.code, 'unavailable');
      assert.ok(error.retryable);
      assert.ok(error.cause);
      return true;
    });
  });

  it('says so where something else answers, as a proxy whose server is away', async () => {
    const client = createClient({ url });
    answers = [{ status: 502, body: '<h1>Bad Gateway</h1>' }];
    await assert.rejects(client.rest.me(), isCoded('unavailable'));
    answers = [{ status: 404, body: 'not here' }];
    await assert.rejects(client.rest.me(), isCoded('bad-request'));
  });

  it('waits once by itself where a read is asked to slow down, and never repeats what changes something', async () => {
    const client = createClient({ url });
    const slowDown = {
      status: 429,
      body: JSON.stringify({ error: { code: 'rate-limited', message: 'slow down', retryAfterMs: 1 } }),
    };
    answers = [slowDown, { status: 200, body: '{"channels":[]}' }];
    assert.deepEqual(await client.rest.channels(), []);
    answers = [slowDown, slowDown];
    await assert.rejects(client.rest.channels(), isCoded('rate-limited'));
    answers = [slowDown, { status: 200, body: '{}' }];
    requests = 0;
    await assert.rejects(client.rest.createInvite(), isCoded('rate-limited'));
    assert.equal(requests, 1);
  });
});
