import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { newConversationId, ParleyError, type StreamId } from '@parley/protocol';
import { createMemoryBroker } from '../../src/broker/memory/index.ts';
import { decodeLogEntry, type InboxItem, type LogEntry } from '../../src/envelope.ts';
import { Publisher } from '../../src/gateway/publisher.ts';
import { Routing } from '../../src/gateway/routing.ts';
import { silentLog } from '../../src/log.ts';
import { VirtualClock } from '../virtual-clock.ts';

type Told = Extract<LogEntry, { type: 'watch' | 'unwatch' }>;

/** A node's routing in a world of one partition, whose owner the test plays. */
function stand() {
  const clock = new VirtualClock();
  const told: Told[] = [];
  const doubted: StreamId[][] = [];
  const world = { isLogDown: false };
  const broker = createMemoryBroker({ partitions: 1 }).connect();
  const publisher = new Publisher(
    {
      ...broker,
      publish: (_partition, payloads) => {
        if (world.isLogDown) return Promise.reject(new ParleyError('unavailable'));
        told.push(...payloads.map((payload) => decodeLogEntry(payload) as Told));
        return Promise.resolve();
      },
    },
    queueMicrotask,
  );
  const said: object[] = [];
  const requests = { lastRef: 0, askedAgain: [] as [number, number][] };
  const routing = new Routing({
    requests: {
      get lastRef() {
        return requests.lastRef;
      },
      askAgain: (partition, upTo) => requests.askedAgain.push([partition, upTo]),
    },
    node: 'here',
    partitions: 1,
    publisher,
    clock,
    log: { ...silentLog, info: (fields) => said.push(fields) },
    onDoubt: (streams) => doubted.push([...streams]),
    checksNumbers: true,
  });
  const news = (number: number, items: readonly InboxItem[] = [], owner = 'owner'): void =>
    routing.received({ type: 'news', owner, partition: 0, number, items });
  const confirm = (number: number, tell: Told | undefined, owner?: string): void => {
    assert.ok(tell?.type === 'watch');
    const { streams, complete } = tell;
    news(number, [{ type: 'watching', streams, complete, tell: tell.tell }], owner);
  };
  return { clock, told, doubted, world, routing, requests, news, confirm, said };
}

const some: InboxItem = { type: 'ack', ref: 1, seq: 1 };
const isSettled = async (promise: Promise<void>): Promise<boolean> => {
  let settled = false;
  void promise.then(() => {
    settled = true;
  });
  await turn();
  return settled;
};

describe('what a node watches', () => {
  it('is told again when news was lost, which the log hears once, and of an owner that is only new here not at all', async () => {
    const { routing, told, news, said } = stand();
    void routing.watch(newConversationId());
    await turn();
    news(7, [some]);
    await turn();
    assert.equal(told.length, 2, 'told again, since nobody knows what came before');
    routing.sweep();
    assert.deepEqual(said, []);
    news(9, [some]);
    news(12, [some]);
    await turn();
    assert.equal(told.length, 3);
    routing.sweep();
    routing.sweep();
    assert.deepEqual(said, [{ partitions: [0] }]);
  });

  it('counts only when the owner has confirmed it', async () => {
    const { told, routing, confirm } = stand();
    const stream = newConversationId();
    const watching = routing.watch(stream);
    const second = routing.watch(stream);
    await turn();
    assert.equal(told.length, 1, 'told once');
    assert.equal(await isSettled(watching), false);
    confirm(1, told[0]);
    await Promise.all([watching, second]);
    assert.equal(await isSettled(routing.watch(stream)), true);
    assert.equal(told.length, 1);
  });

  it('is given up only when the last who wanted it has', async () => {
    const { told, routing } = stand();
    const stream = newConversationId();
    for (let user = 0; user < 2; user++) void routing.watch(stream);
    routing.unwatch(stream);
    await turn();
    assert.equal(told.length, 1);
    routing.unwatch(stream);
    await turn();
    assert.deepEqual(told[1], { type: 'unwatch', node: 'here', streams: [stream] });
    routing.unwatch(stream);
    await turn();
    assert.equal(told.length, 2);
  });

  it('is told again when nobody confirms it, all at once', async () => {
    const { clock, told, routing, confirm } = stand();
    const streams = [newConversationId(), newConversationId()];
    const watching = streams.map((stream) => routing.watch(stream));
    await turn();
    clock.advance(2_000);
    routing.sweep();
    await turn();
    assert.equal(told.length, 2);
    clock.advance(1_001);
    routing.sweep();
    await turn();
    const again = told[2];
    assert.deepEqual(again?.type === 'watch' && again.complete && again.streams, streams);
    confirm(1, again);
    await Promise.all(watching);
    clock.advance(60_000);
    routing.sweep();
    await turn();
    assert.equal(told.length, 3, 'and not any more');
  });

  it('is told again when the log did not take it', async () => {
    const { clock, told, world, routing } = stand();
    world.isLogDown = true;
    void routing.watch(newConversationId());
    await turn();
    world.isLogDown = false;
    clock.advance(3_001);
    routing.sweep();
    await turn();
    assert.equal(told.length, 1);
  });

  it('is not confirmed by the answer to an earlier watch that was ended in between', async () => {
    const { told, routing, confirm } = stand();
    const stream = newConversationId();
    void routing.watch(stream);
    routing.unwatch(stream);
    const again = routing.watch(stream);
    await turn();
    confirm(1, told[0]);
    assert.equal(await isSettled(again), false);
    confirm(2, told[2]);
    assert.equal(await isSettled(again), true);
  });

  it('is told to a new owner that asks, and looked at again when that owner has taken note', async () => {
    const { told, doubted, routing, news, confirm } = stand();
    const stream = newConversationId();
    const watching = routing.watch(stream);
    await turn();
    confirm(1, told[0]);
    await watching;
    news(1, [{ type: 'announce' }], 'new owner');
    await turn();
    const complete = told.at(-1);
    assert.deepEqual(complete?.type === 'watch' && complete.complete && complete.streams, [stream]);
    assert.deepEqual(doubted, []);
    confirm(2, complete, 'new owner');
    assert.deepEqual(doubted, [[stream]]);
  });
});

describe('answers that never come', () => {
  it('are asked for again once a new owner has handled all that was asked before it was told what is watched', async () => {
    const { told, routing, requests, news, confirm } = stand();
    void routing.watch(newConversationId());
    await turn();
    confirm(1, told[0]);
    assert.deepEqual(requests.askedAgain, [], 'an ordinary watch says nothing of them');
    requests.lastRef = 7;
    news(1, [{ type: 'announce' }], 'new owner');
    await turn();
    requests.lastRef = 9;
    assert.deepEqual(requests.askedAgain, []);
    confirm(2, told.at(-1), 'new owner');
    assert.deepEqual(requests.askedAgain, [[0, 7]]);
    confirm(3, told.at(-1), 'new owner');
    assert.equal(requests.askedAgain.length, 1, 'once');
  });

  it('are asked for again after a message that was lost, by the last telling alone, also where nothing is watched', async () => {
    const { told, requests, news, confirm } = stand();
    requests.lastRef = 3;
    news(2, [some]);
    await turn();
    requests.lastRef = 5;
    news(4, [some]);
    await turn();
    confirm(5, told[0]);
    assert.deepEqual(requests.askedAgain, []);
    confirm(6, told[1]);
    assert.deepEqual(requests.askedAgain, [[0, 5]]);
  });
});

describe('the numbers of an owner’s messages', () => {
  const watched = async () => {
    const all = stand();
    void all.routing.watch(newConversationId());
    await turn();
    all.confirm(1, all.told[0]);
    await turn();
    const tellings = (): number => all.told.length - 1;
    return { ...all, tellings };
  };

  it('raise no doubt while each follows the last, nor when a beat repeats the last', async () => {
    const { news, tellings } = await watched();
    for (const number of [2, 3, 4]) news(number, [some]);
    news(4);
    news(4);
    news(5, [some]);
    await turn();
    assert.equal(tellings(), 0);
  });

  it('raise doubt once when one is missing, be it noticed by the next or by a beat', async () => {
    for (const notice of [[some], []]) {
      const { news, tellings } = await watched();
      news(2, [some]);
      news(4, notice);
      news(4);
      news(5, [some]);
      await turn();
      assert.equal(tellings(), 1, notice.length === 0 ? 'by a beat' : 'by the next');
    }
  });

  it('raise no doubt when an old message comes late', async () => {
    const { news, tellings } = await watched();
    news(2, [some]);
    news(1, [some]);
    news(2);
    news(3, [some]);
    await turn();
    assert.equal(tellings(), 0);
  });

  it('raise doubt when a new owner’s first message is not its number 1', async () => {
    const { news, tellings } = await watched();
    news(1, [some], 'heir');
    await turn();
    assert.equal(tellings(), 0);
    news(3, [some], 'heir of the heir');
    await turn();
    assert.equal(tellings(), 1);
  });
});
