import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { newConversationId, ParleyError, type StreamId, type WireError } from '@parley/protocol';
import { createMemoryBroker } from '../../src/broker/memory/index.ts';
import { type Broker, partitionOf } from '../../src/broker/port.ts';
import { systemClock } from '../../src/clock.ts';
import { decodeInboxMessage, encodeEnvelope, type InboxItem, type LogEntry } from '../../src/envelope.ts';
import { silentLog } from '../../src/log.ts';
import type { SequencerStore } from '../../src/sequencer/append-batch.ts';
import { Sequencer } from '../../src/sequencer/index.ts';
import type { FollowUp, Wish } from '../../src/stream/index.ts';
import { withSqliteStore } from '../sqlite-store.ts';
import { people, wishOf } from '../stream/people.ts';
import { until } from '../until.ts';

const [ann, bob] = people;
const ids = { now: () => Date.now(), random: (count: number) => crypto.getRandomValues(new Uint8Array(count)) };
const partitions = 4;

/** A sequencer on a log, and the gateway it answers. */
class Stand implements AsyncDisposable {
  readonly items: InboxItem[] = [];
  readonly broker: Broker;
  readonly sequencer: Sequencer;
  #lastRef = 0;

  private constructor(broker: Broker, store: SequencerStore) {
    this.broker = broker;
    this.sequencer = new Sequencer({ node: 'gateway', broker, store, clock: systemClock, ids, log: silentLog });
  }

  static async open(store: SequencerStore, isDurable = false): Promise<Stand> {
    const broker = { ...createMemoryBroker({ partitions }).connect(), durable: isDurable };
    const stand = new Stand(broker, store);
    await broker.openInbox('gateway', (payload) => {
      const message = decodeInboxMessage(payload);
      if (message.type !== 'news') return;
      for (const item of message.items) {
        stand.items.push(item);
        if (item.type === 'ack' && item.ref < 0) stand.sequencer.followUps.answered(item.ref, true);
      }
    });
    await broker.join({ node: 'gateway', roles: ['gateway'] });
    await stand.sequencer.start();
    return stand;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.sequencer.stop();
  }

  publish(stream: StreamId, ...entries: LogEntry[]): Promise<void> {
    return this.broker.publish(partitionOf(stream, partitions), entries.map(encodeEnvelope));
  }

  /** Resolves with what the sender is told. */
  async ask(...wishes: readonly Wish[]): Promise<(number | WireError)[]> {
    const waiting = wishes.map((wish) => ({ wish, ref: ++this.#lastRef }));
    for (const { wish, ref } of waiting)
      await this.publish(wish.stream, { type: 'wish', wish, replyTo: { node: 'gateway', ref } });
    const answerOf = (wanted: number): number | WireError | undefined => {
      for (const item of this.items) {
        if (item.type === 'ack' && item.ref === wanted) return item.seq;
        if (item.type === 'nack' && item.ref === wanted) return item.error;
      }
      return undefined;
    };
    await until(
      'all are answered',
      () => waiting.every(({ ref }) => answerOf(ref) !== undefined),
      () => this.items,
    );
    return waiting.map(({ ref }) => answerOf(ref) ?? 0);
  }
}

const group = (stream: StreamId, members = [bob.id]): Wish =>
  wishOf(stream, ann, { type: 'create', kind: 'group', name: 'tea', members });

describe('a sequencer', () => {
  const store = withSqliteStore();

  it('answers the maker of a group only when it stands in everybody’s list', async () => {
    await using stand = await Stand.open(store());
    const stream = newConversationId();
    const before = await store().head(bob.id);
    assert.deepEqual(await stand.ask(group(stream)), [1]);
    const [added] = await store().read(bob.id, before + 1, before + 1, 1);
    assert.ok(added?.type === 'conversationAdded' && added.conversation === stream, JSON.stringify(added));
  });

  it('carries effects out again for a resend whose first answer may have been lost, and they change nothing', async () => {
    const stream = newConversationId();
    const made = group(stream);
    let heads: readonly number[] = [];
    for (let life = 0; life < 3; life++) {
      await using stand = await Stand.open(store());
      assert.deepEqual(await stand.ask(made), [1]);
      const now = await Promise.all([store().head(ann.id), store().head(bob.id)]);
      if (life > 0) assert.deepEqual(now, heads);
      heads = now;
    }
  });

  it('makes up for effects that were lost in a crash between the event and them', async () => {
    const stream = newConversationId();
    const made = group(stream);
    {
      await using stand = await Stand.open(store(), true);
      // The log takes no effect: the process dies here.
      const { broker } = stand;
      const refused = partitionOf(stream, partitions);
      const publish = broker.publish.bind(broker);
      let taken = 0;
      broker.publish = (partition, payloads) =>
        partition === refused && taken++ === 0
          ? publish(partition, payloads)
          : Promise.reject(new ParleyError('unavailable'));
      await stand.publish(stream, { type: 'wish', wish: made });
      await until('the event is stored', async () => (await store().head(stream)) === 1);
    }
    await using again = await Stand.open(store());
    const before = await store().head(bob.id);
    assert.deepEqual(await again.ask(made), [1]);
    assert.equal(await store().head(bob.id), before + 1);
    assert.equal(await store().head(stream), 1);
  });

  it('carries out at its start what the process before it stored and died of, though nobody sends it again', async () => {
    const stream = newConversationId();
    const whole = store();
    let isGone = false;
    const reach = <Result>(call: () => Promise<Result>): Promise<Result> =>
      isGone ? Promise.reject(new ParleyError('unavailable')) : call();
    const cut: SequencerStore = {
      ...whole,
      load: (of) => reach(() => whole.load(of)),
      head: (of) => reach(() => whole.head(of)),
      findByCid: (of, actor, cid) => reach(() => whole.findByCid(of, actor, cid)),
      deleteDocument: (...of) => reach(() => whole.deleteDocument(...of)),
      // The store has it, and the process that wrote it never hears so.
      append: (append) =>
        reach(async () => {
          const result = await whole.append(append);
          if (append.stream !== stream) return result;
          isGone = true;
          throw new ParleyError('unavailable');
        }),
    };
    const before = await whole.head(bob.id);
    {
      await using stand = await Stand.open(cut);
      assert.match(JSON.stringify(await stand.ask(group(stream))), /unavailable/);
    }
    assert.deepEqual([await whole.head(stream), await whole.head(bob.id)], [1, before]);

    await using again = await Stand.open(whole);
    let head = before;
    await until(
      'it stands in the list of the invited',
      () => {
        void whole.head(bob.id).then((now) => (head = now));
        return head === before + 1;
      },
      () => again.items,
    );
    let left = 1;
    await until('nothing is noted any more', () => {
      void whole
        .documents('effects', `p${partitionOf(stream, partitions)}`, { direction: 'forward', limit: 10 })
        .then((notes) => (left = notes.length));
      return left === 0;
    });
  });

  it('notes nothing for posts that concern nobody in particular, and once for many that do', async () => {
    let notes = 0;
    const whole = store();
    const counting: SequencerStore = {
      ...whole,
      putDocument: (document, expected) => {
        notes++;
        return whole.putDocument(document, expected);
      },
    };
    await using stand = await Stand.open(counting);
    const stream = newConversationId();
    await stand.ask(group(stream));
    assert.equal(notes, 1);
    const other = newConversationId();
    await stand.ask(group(other));
    notes = 0;
    await stand.ask(...Array.from({ length: 20 }, () => wishOf(stream, ann, { type: 'post', text: 'plain' })));
    assert.equal(notes, 0);
    await stand.ask(
      ...Array.from({ length: 20 }, () => wishOf(other, ann, { type: 'post', text: '@bob', mentions: [bob.id] })),
    );
    assert.ok(notes <= 1, `${notes} notes for 20 mentions at once`);
  });

  it('takes the same effects from a log that delivers them twice as once', async () => {
    await using stand = await Stand.open(store());
    const stream = newConversationId();
    await stand.ask(group(stream));
    const effects: FollowUp[] = [ann, bob].map(({ id }) => ({
      stream: id,
      actor: ann.id,
      serverRole: 'system',
      cid: `${stream}:1:a` as FollowUp['cid'],
      command: { type: 'addConversation', conversation: stream, kind: 'group', by: ann.id, at: 1 },
    }));
    const before = await Promise.all([store().head(ann.id), store().head(bob.id)]);
    assert.deepEqual(await stand.ask(...effects), before, 'each answered with its first seq, the newest there');
    assert.deepEqual(await Promise.all([store().head(ann.id), store().head(bob.id)]), before);
  });

  it('tells the senders of a stream that cannot be stored to try again, and goes on with the others', async () => {
    const [broken, fine] = ofOnePartition();
    const stubborn: SequencerStore = {
      ...store(),
      append: (append) =>
        append.stream === broken && isBroken ? Promise.reject(new ParleyError('unavailable')) : store().append(append),
    };
    let isBroken = true;
    await using stand = await Stand.open(stubborn);
    const [first, second] = await stand.ask(group(broken, []), group(fine, []));
    assert.ok(typeof first === 'object' && first.code === 'unavailable', JSON.stringify(first));
    assert.equal(second, 1);
    isBroken = false;
    assert.deepEqual(await stand.ask(group(broken, [])), [1]);
  });

  it('takes again and again what must not be lost, until the store has it', async () => {
    let failures = 3;
    const limping: SequencerStore = {
      ...store(),
      append: (append) => (failures-- > 0 ? Promise.reject(new ParleyError('unavailable')) : store().append(append)),
    };
    await using stand = await Stand.open(limping, true);
    const stream = newConversationId();
    await stand.publish(stream, { type: 'wish', wish: group(stream, []), mustNotBeLost: true });
    await until('it is stored', async () => (await store().head(stream)) === 1);
    assert.ok(failures < 0);
  });

  it('keeps watching what is watched again in the batch that ended an earlier watch', async () => {
    await using stand = await Stand.open(store());
    const stream = newConversationId();
    await stand.ask(group(stream, []));
    const watch = { type: 'watch', node: 'gateway', streams: [stream], complete: false } as const;
    // Everything of a partition comes to a gateway that has not told all it watches.
    await stand.publish(stream, { ...watch, streams: [], complete: true, tell: 1 });
    await stand.publish(
      stream,
      { ...watch, tell: 2 },
      { type: 'unwatch', node: 'gateway', streams: [stream] },
      { ...watch, tell: 3 },
    );
    await until('the watch is confirmed', () =>
      stand.items.some((item) => item.type === 'watching' && item.tell === 3),
    );
    await stand.ask(wishOf(stream, ann, { type: 'post', text: 'hello' }));
    assert.ok(
      stand.items.some((item) => item.type === 'events' && item.stream === stream && item.events[0]?.seq === 2),
    );
  });

  it('passes typing on from members only', async () => {
    await using stand = await Stand.open(store());
    const stream = newConversationId();
    await stand.ask(group(stream, []));
    const signal = { type: 'typing', on: true } as const;
    await stand.publish(
      stream,
      { type: 'watch', node: 'gateway', streams: [stream], complete: true, tell: 1 },
      { type: 'signal', stream, actor: bob.id, signal },
      { type: 'signal', stream, actor: ann.id, signal },
    );
    await until('typing came', () => stand.items.some(({ type }) => type === 'signal'));
    assert.deepEqual(
      stand.items.flatMap((item) => (item.type === 'signal' ? [item.actor] : [])),
      [ann.id],
    );
  });
});

/** Two streams that one owner has. */
function ofOnePartition(): [ReturnType<typeof newConversationId>, ReturnType<typeof newConversationId>] {
  const first = newConversationId();
  for (;;) {
    const second = newConversationId();
    if (partitionOf(first, partitions) === partitionOf(second, partitions)) return [first, second];
  }
}
