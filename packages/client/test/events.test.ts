import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { createClient, newConversationId, ParleyError, type StreamEvent } from '../src/index.ts';
import { settled } from './support/manual-platform.ts';
import { makeChannel, RealServer } from './support/real-server.ts';
import { ScriptedServer } from './support/scripted-server.ts';

const textOf = (event: StreamEvent): string => (event.type === 'posted' ? event.text : event.type);

describe('a loop over events', () => {
  let server: RealServer;
  before(async () => {
    // The loops are under test here, not the patience of a rate limit.
    server = await RealServer.start(['--rate-per-second', '100000', '--rate-burst', '1000000']);
    await server.owner.connect();
  });
  after(() => server[Symbol.asyncDispose]());

  it('gives what was there and what comes, and ends with its signal', async () => {
    const stream = await makeChannel(server.owner, 'signal');
    await server.owner.send(stream, { type: 'post', text: 'before' });
    const stop = new AbortController();
    const texts: string[] = [];
    for await (const event of server.owner.events(stream, { after: 0, signal: stop.signal })) {
      texts.push(textOf(event));
      if (event.seq === 2) await server.owner.send(stream, { type: 'post', text: 'live' });
      if (event.seq === 3) {
        await server.owner.send(stream, { type: 'post', text: 'never seen' });
        stop.abort();
      }
    }
    assert.deepEqual(texts, ['created', 'before', 'live']);
  });

  it('ends while it waits for an event that never comes: by its signal, and by close', async () => {
    const stream = await makeChannel(server.owner, 'silence');
    const client = await server.person('waiter');
    const stop = new AbortController();
    const loops = [client.events(stream, { signal: stop.signal }), client.events(stream)];
    const [bySignal, byClose] = loops.map((loop) => loop.next());
    stop.abort();
    assert.equal((await bySignal)?.done, true);
    await client.close();
    assert.equal((await byClose)?.done, true);
  });

  it('goes on where it was after the server restarted, with what was said while it was away', async () => {
    const stream = await makeChannel(server.owner, 'restart');
    const client = await server.person('patient');
    const texts: string[] = [];
    for await (const event of client.events(stream, { after: 0 })) {
      texts.push(textOf(event));
      if (event.seq === 1) {
        await server.restart();
        for (const text of ['while away', 'and after']) await server.owner.send(stream, { type: 'post', text });
      }
      if (event.seq === 3) break;
    }
    assert.deepEqual(texts, ['created', 'while away', 'and after']);
  });

  it('throws when the right to watch ends', async () => {
    const member = await server.person('member');
    const stream = newConversationId();
    const { owner } = server;
    assert.ok(member.user);
    await owner.send(stream, { type: 'create', kind: 'group', name: 'inner circle', members: [member.user] });
    const seen: string[] = [];
    await assert.rejects(
      async () => {
        for await (const event of member.events(stream, { after: 0 })) {
          seen.push(event.type);
          if (event.type === 'created' && member.user !== undefined)
            await owner.send(stream, { type: 'remove', user: member.user });
        }
      },
      (error) => error instanceof ParleyError && error.code === 'not-found',
    );
    assert.equal(seen[0], 'created');
  });

  it('throws when the session is revoked', async () => {
    const { token } = await server.owner.rest.signIn({ name: 'owner', password: 'a fine pass phrase' });
    const client = server.client(token);
    await client.connect();
    const stream = await makeChannel(client, 'revoked');
    await assert.rejects(
      async () => {
        for await (const event of client.events(stream, { after: 0 })) if (event.seq === 1) await client.rest.signOut();
      },
      (error) => error instanceof ParleyError && error.code === 'unauthenticated',
    );
  });

  it('that is slower than the stream, and further behind than the server sends live, still gets every event', async () => {
    const stream = await makeChannel(server.owner, 'crowd');
    const count = 10_500;
    for (let sent = 0; sent < count; ) {
      const some = Math.min(2_500, count - sent);
      const texts = Array.from({ length: some }, (_, index) => String(sent + index));
      await Promise.all(
        texts.map((text) => server.owner.send(stream, { type: 'post', text }, { mode: 'at-least-once' })),
      );
      sent += some;
    }
    const client = await server.person('slowpoke');
    let resets = 0;
    client.on('reset', () => resets++);
    let last = 0;
    for await (const event of client.events(stream, { after: 0 })) {
      assert.equal(event.seq, last + 1);
      last = event.seq;
      if (last === 3) await server.owner.send(stream, { type: 'post', text: 'meanwhile' });
      if (last === count + 2) break;
    }
    assert.equal(resets, 1, 'the server was asked for more than it sends live');
  });
});

it('stops watching when a loop is left early, or fails', async () => {
  const server = new ScriptedServer();
  const client = createClient({ url: 'http://scripted', webSocket: server.webSocket });
  await client.connect();
  server.onFrame = (frame) => {
    if (frame.t !== 'watch') return;
    const [{ stream } = { stream: newConversationId() }] = frame.streams;
    server.say({ t: 'watched', id: frame.id, streams: [{ stream, after: 0 }] });
    const event = { seq: 1, at: 0, actor: server.user, cid: 'cid-12345678', type: 'pinned', target: 1, on: true };
    server.say({ t: 'events', stream, events: [event as never] });
  };
  const [left, failed] = [newConversationId(), newConversationId()];
  for await (const event of client.events(left)) {
    assert.equal(event.seq, 1);
    break;
  }
  await assert.rejects(async () => {
    for await (const event of client.events(failed)) throw new Error(`the loop's own fault at ${event.seq}`);
  }, /own fault/);
  await settled();
  assert.deepEqual(
    server.framesOf('unwatch').flatMap(({ streams }) => streams),
    [left, failed],
  );
  await client.close();
});
