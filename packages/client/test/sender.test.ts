import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import {
  type ClientFrame,
  type ClientOptions,
  createClient,
  memoryOutbox,
  newCid,
  newConversationId,
  ParleyError,
  type StreamId,
} from '../src/index.ts';
import { ManualPlatform, settled } from './support/manual-platform.ts';
import { ScriptedServer } from './support/scripted-server.ts';

type SendFrame = Extract<ClientFrame, { t: 'send' }>;
const post = (text: string) => ({ type: 'post', text }) as const;
const textOf = ({ command }: SendFrame): string => (command.type === 'post' ? command.text : command.type);

async function online(options: Partial<ClientOptions> = {}) {
  const server = new ScriptedServer();
  const platform = new ManualPlatform();
  const client = createClient({ url: 'http://scripted', webSocket: server.webSocket, platform, ...options });
  await client.connect();
  const sent = (): string[] => server.framesOf('send').map(textOf);
  return { server, platform, client, sent };
}

/** Takes the outcome of a promise along, so that its rejection waits for whoever looks. */
const outcomeOf = (sending: Promise<unknown>): Promise<unknown> =>
  sending.then(
    () => 'acknowledged',
    (error: unknown) => (error instanceof ParleyError ? error.code : error),
  );

describe('sends', () => {
  it('has at most 256 under way, however many conversations wait', async () => {
    const { server, client, sent } = await online();
    for (let index = 0; index < 300; index++) void outcomeOf(client.send(newConversationId(), post(String(index))));
    await settled();
    assert.equal(sent().length, 256);
    const [first] = server.framesOf('send');
    assert.ok(first);
    server.ack(first);
    assert.deepEqual(sent().slice(256), ['256']);
    await client.close();
  });

  it('has one under way in each conversation, in the order of the calls', async () => {
    const { server, client, sent } = await online();
    const [tea, cake] = [newConversationId(), newConversationId()];
    for (const text of ['tea 1', 'tea 2', 'tea 3']) void outcomeOf(client.send(tea, post(text)));
    void outcomeOf(client.send(cake, post('cake 1')));
    await settled();
    assert.deepEqual(sent(), ['tea 1', 'cake 1']);
    for (let turn = 0; turn < 3; turn++) {
      const last = server.framesOf('send').findLast(({ stream }) => stream === tea);
      assert.ok(last);
      server.ack(last);
    }
    assert.deepEqual(sent(), ['tea 1', 'cake 1', 'tea 2', 'tea 3']);
    await client.close();
  });

  it('does not let a message overtake one that was asked to wait, and asks again when the server said', async () => {
    const { server, platform, client, sent } = await online();
    const stream = newConversationId();
    const outcomes = [outcomeOf(client.send(stream, post('first'))), outcomeOf(client.send(stream, post('second')))];
    await settled();
    const [first] = server.framesOf('send');
    assert.ok(first);
    server.say({
      t: 'nack',
      stream,
      cid: first.cid,
      error: { code: 'rate-limited', message: 'slow down', retryAfterMs: 2_000 },
    });
    void outcomeOf(client.send(newConversationId(), post('elsewhere')));
    await platform.advance(2_000);
    assert.deepEqual(sent(), ['first', 'elsewhere'], 'too early, or out of turn');
    // The share of the first pause that is drawn at random: half of 500 ms.
    await platform.advance(250);
    assert.deepEqual(sent(), ['first', 'elsewhere', 'first']);
    const again = server.framesOf('send').at(-1);
    assert.ok(again);
    assert.equal(again.cid, first.cid, 'the same command');
    server.ack(again, 7);
    assert.deepEqual(sent().slice(3), ['second']);
    const second = server.framesOf('send').at(-1);
    assert.ok(second);
    server.ack(second, 8);
    assert.deepEqual(await Promise.all(outcomes), ['acknowledged', 'acknowledged']);
    await client.close();
  });

  it('sends the same command again when no answer has come in 15 s', async () => {
    const { server, platform, client } = await online();
    const sending = client.send(newConversationId(), post('hello?'));
    await platform.advance(14_999);
    assert.equal(server.framesOf('send').length, 1);
    await platform.advance(1);
    const [first, second] = server.framesOf('send');
    assert.ok(first && second);
    assert.equal(second.cid, first.cid);
    server.ack(second, 4);
    assert.equal((await sending).seq, 4);
    await client.close();
  });

  it('sends everything unacknowledged again on a new connection, oldest first', async () => {
    const { server, platform, client, sent } = await online();
    const streams = ['one', 'two', 'three'].map((text) => ({ text, stream: newConversationId() }));
    for (const { text, stream } of streams) void outcomeOf(client.send(stream, post(text)));
    await settled();
    server.cut();
    await platform.advance(1_000);
    assert.equal(client.state, 'online');
    assert.deepEqual(sent(), ['one', 'two', 'three', 'one', 'two', 'three']);
    await client.close();
  });

  it('stops waiting for the caller whose signal came, and for nobody else', async () => {
    const { server, client } = await online();
    const stream = newConversationId();
    const cid = newCid();
    const stop = new AbortController();
    const impatient = outcomeOf(client.send(stream, post('x'), { cid, signal: stop.signal }));
    const patient = outcomeOf(client.send(stream, post('x'), { cid }));
    await settled();
    const reason = new Error('no time');
    stop.abort(reason);
    assert.equal(await impatient, reason);
    assert.equal(client.pending(stream).length, 1, 'it is still to be sent');
    const [frame, ...others] = server.framesOf('send');
    assert.ok(frame);
    assert.deepEqual(others, []);
    server.ack(frame);
    assert.equal(await patient, 'acknowledged');
    assert.deepEqual(client.pending(), []);
    await client.close();
  });

  it('passes over a command refused for good, keeps it with its error, and sends it again when told to', async () => {
    const { server, client, sent } = await online();
    const stream = newConversationId();
    const refused = outcomeOf(client.send(stream, post('bad')));
    void outcomeOf(client.send(stream, post('good')));
    await settled();
    const [bad] = server.framesOf('send');
    assert.ok(bad);
    server.say({ t: 'nack', stream, cid: bad.cid, error: { code: 'forbidden', message: 'no' } });
    assert.equal(await refused, 'forbidden');
    assert.deepEqual(sent(), ['bad', 'good']);
    assert.deepEqual(
      client.pending(stream).map(({ error }) => error?.code),
      ['forbidden', undefined],
    );
    client.retry(bad.cid);
    assert.deepEqual(sent(), ['bad', 'good'], 'behind what its stream has waiting');
    const good = server.framesOf('send').at(-1);
    assert.ok(good);
    server.ack(good);
    assert.deepEqual(sent(), ['bad', 'good', 'bad']);
    client.cancel(bad.cid);
    assert.deepEqual(client.pending(), []);
    await client.close();
  });

  it('rejects what still waits when the client is closed', async () => {
    const { client } = await online();
    const waiting = outcomeOf(client.send(newConversationId(), post('x')));
    await settled();
    await client.close();
    assert.equal(await waiting, 'unavailable');
    assert.equal(await outcomeOf(client.send(newConversationId(), post('y'))), 'unavailable');
  });
});

describe('the modes of a send', () => {
  it('at-most-once: no connection, no send; with one, written once and never again', async () => {
    const { server, platform, client, sent } = await online();
    const stream = newConversationId();
    assert.equal((await client.send(stream, post('now'), { mode: 'at-most-once' })).seq, 0);
    assert.deepEqual(client.pending(), []);
    server.cut();
    await settled();
    assert.equal(client.state, 'offline');
    assert.equal(await outcomeOf(client.send(stream, post('too late'), { mode: 'at-most-once' })), 'unavailable');
    await platform.advance(60_000);
    assert.equal(client.state, 'online');
    assert.deepEqual(sent(), ['now']);
    await client.close();
  });

  it('at-least-once: many to one conversation are under way at once', async () => {
    const { client, sent } = await online();
    const stream = newConversationId();
    for (const text of ['1', '2', '3']) void outcomeOf(client.send(stream, post(text), { mode: 'at-least-once' }));
    await settled();
    assert.deepEqual(sent(), ['1', '2', '3']);
    await client.close();
  });
});

describe('the outbox of a client', () => {
  /** An outbox whose writes end when a test says so. */
  function gatedOutbox() {
    const writes: { resolve: () => void; reject: (error: Error) => void }[] = [];
    const outbox = memoryOutbox();
    return {
      writes,
      outbox: {
        ...outbox,
        put: async (entry: Parameters<typeof outbox.put>[0]) => {
          await new Promise<void>((resolve, reject) => writes.push({ resolve, reject }));
          await outbox.put(entry);
        },
      },
    };
  }

  it('has a message before a byte of it leaves, whatever else sets the sender going', async () => {
    const { writes, outbox } = gatedOutbox();
    const { server, platform, client, sent } = await online({ outbox });
    const [slow, fast]: StreamId[] = [newConversationId(), newConversationId()];
    assert.ok(slow && fast);
    void outcomeOf(client.send(slow, post('slow')));
    void outcomeOf(client.send(slow, post('behind it')));
    void outcomeOf(client.send(fast, post('fast')));
    await settled();
    server.cut();
    await platform.advance(1_000);
    assert.equal(client.state, 'online');
    assert.deepEqual(sent(), [], 'a reconnect sends nothing that is not kept');
    writes[2]?.resolve();
    writes[1]?.resolve();
    await settled();
    assert.deepEqual(sent(), ['fast'], 'kept earlier than the one before it, and still not its turn');
    writes[0]?.resolve();
    await settled();
    assert.deepEqual(sent(), ['fast', 'slow']);
    await client.close();
  });

  it('refuses a message that it cannot keep, and lets the next one pass', async () => {
    const { writes, outbox } = gatedOutbox();
    const { client, sent } = await online({ outbox });
    const stream = newConversationId();
    const lost = outcomeOf(client.send(stream, post('lost')));
    void outcomeOf(client.send(stream, post('next')));
    await settled();
    writes[1]?.resolve();
    writes[0]?.reject(new Error('the disk is full'));
    assert.equal(await lost, 'unavailable');
    assert.deepEqual(sent(), ['next']);
    assert.equal(client.pending().length, 1);
    await client.close();
  });

  it('gives what an earlier life left behind to the next one, before anything new', async () => {
    const outbox = memoryOutbox();
    const first = createClient({ url: 'http://scripted', webSocket: new ScriptedServer().webSocket, outbox });
    const stream = newConversationId();
    void outcomeOf(first.send(stream, post('from before')));
    await settled();
    await first.close();
    const { client, sent } = await online({ outbox });
    void outcomeOf(client.send(stream, post('new')));
    await settled();
    assert.deepEqual(sent(), ['from before']);
    assert.deepEqual(
      client.pending().map(({ command }) => command),
      [post('from before'), post('new')],
    );
    await client.close();
  });

  it('that cannot be read is said by connect, which may be called again', async () => {
    const outbox = memoryOutbox();
    let isBroken = true;
    const load = () => (isBroken ? Promise.reject(new Error('no such disk')) : outbox.load());
    const server = new ScriptedServer();
    const client = createClient({
      url: 'http://scripted',
      webSocket: server.webSocket,
      outbox: { ...outbox, load },
    });
    assert.equal(await outcomeOf(client.connect()), 'unavailable');
    isBroken = false;
    await client.connect();
    assert.equal(client.state, 'online');
    await client.close();
  });
});
