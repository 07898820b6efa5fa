import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { newConversationId } from '@parley/protocol';
import { createMemoryBroker } from '../../src/broker/memory/index.ts';
import type { Broker } from '../../src/broker/port.ts';
import { systemClock } from '../../src/clock.ts';
import { decodeLogEntry } from '../../src/envelope.ts';
import { FollowUps } from '../../src/sequencer/follow-ups.ts';
import type { Store } from '../../src/store/port.ts';
import { withSqliteStore } from '../sqlite-store.ts';
import { people, wishOf } from '../stream/people.ts';
import { Writer } from './writer.ts';

const [ann, bob, cyd] = people;

describe('effects of stored events', () => {
  const store = withSqliteStore();

  it('are carried out again for whoever sends again, and for plain messages the store is not asked', async () => {
    const { broker, published } = recording();
    const { counted, calls } = counting(store());
    const followUps = new FollowUps('node', broker, counted, systemClock);
    const writer = new Writer(store());
    const stream = newConversationId();
    await writer.append(stream, [
      wishOf(stream, ann, { type: 'create', kind: 'group', name: 'tea', members: [bob.id, cyd.id] }),
      wishOf(stream, ann, { type: 'post', text: 'root' }),
    ]);
    const answers = Array.from({ length: 50 }, () => wishOf(stream, bob, { type: 'post', text: 'answer', thread: 2 }));
    const others = Array.from({ length: 50 }, () => wishOf(stream, cyd, { type: 'post', text: 'plain' }));
    const carryOut = async (): Promise<readonly string[]> => {
      let answered = 0;
      const appended = await writer.append(stream, [...answers, ...others]);
      await followUps.carryOut(
        stream,
        appended,
        () => answered++,
        () => undefined,
      );
      assert.equal(answered, 100);
      return published.splice(0).map(({ wish }) => `${wish.stream} ${wish.cid}`);
    };
    const first = await carryOut();
    assert.equal(new Set(first).size, 51, 'bob follows by each of his answers, ann by the first of them');
    calls.clear();
    assert.deepEqual((await carryOut()).toSorted(), first.toSorted());
    assert.deepEqual(
      Object.fromEntries(calls),
      { read: 50 },
      'one read for each that concerns somebody, and nothing else',
    );
  });

  it('make the first author of a thread follow it, although the first answers came in one batch', async () => {
    const { broker, published } = recording();
    const followUps = new FollowUps('node', broker, store(), systemClock);
    const writer = new Writer(store());
    const stream = newConversationId();
    await writer.append(stream, [
      wishOf(stream, ann, { type: 'create', kind: 'group', name: 'tea', members: [bob.id, cyd.id] }),
      wishOf(stream, ann, { type: 'post', text: 'root' }),
    ]);
    const answers = [bob, cyd, bob].map((who) => wishOf(stream, who, { type: 'post', text: 'answer', thread: 2 }));
    const appended = await writer.append(stream, answers);
    await followUps.carryOut(
      stream,
      appended,
      () => undefined,
      () => undefined,
    );
    const ofAnn = published.filter(({ wish }) => wish.stream === ann.id).map(({ wish }) => wish.cid);
    assert.deepEqual([...new Set(ofAnn)], [`${stream}:2:t`], 'one effect, however often it is carried out');
    assert.ok(ofAnn.length > 0);
  });
});

interface Published {
  readonly wish: { readonly stream: string; readonly cid: string };
}

/** A durable log that keeps what it is given. */
function recording(): { readonly broker: Broker; readonly published: Published[] } {
  const published: Published[] = [];
  const publish = (_partition: number, payloads: readonly Uint8Array[]): Promise<void> => {
    published.push(...payloads.map((payload) => decodeLogEntry(payload) as Published));
    return Promise.resolve();
  };
  return { broker: { ...createMemoryBroker({ partitions: 1 }).connect(), durable: true, publish }, published };
}

/** The same store, and how often it was asked what. */
function counting(store: Store): { readonly counted: Store; readonly calls: Map<string, number> } {
  const calls = new Map<string, number>();
  const counted = new Proxy(store, {
    get: (target, name: string) => {
      const value: unknown = Reflect.get(target, name);
      if (typeof value !== 'function') return value;
      return (...args: unknown[]): unknown => {
        calls.set(name, (calls.get(name) ?? 0) + 1);
        return Reflect.apply(value, target, args);
      };
    },
  });
  return { counted, calls };
}
