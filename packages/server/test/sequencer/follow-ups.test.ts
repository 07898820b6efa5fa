import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { newConversationId, ParleyError, type StreamId } from '@parley/protocol';
import { createMemoryBroker } from '../../src/broker/memory/index.ts';
import { systemClock } from '../../src/clock.ts';
import { decodeLogEntry } from '../../src/envelope.ts';
import type { SequencerStore } from '../../src/sequencer/append-batch.ts';
import { FollowUps } from '../../src/sequencer/follow-ups.ts';
import { withSqliteStore } from '../sqlite-store.ts';
import { people, wishOf } from '../stream/people.ts';
import { VirtualClock } from '../virtual-clock.ts';
import { Writer } from './writer.ts';

const [ann, bob, cyd] = people;

describe('effects of stored events', () => {
  const store = withSqliteStore();

  it('are carried out by whoever stored the event, although the log took them only after the batch had failed', async () => {
    const published: unknown[] = [];
    let isDown = true;
    const broker = {
      ...createMemoryBroker({ partitions: 1 }).connect(),
      durable: true,
      publish: (_partition: number, payloads: readonly Uint8Array[]) => {
        if (isDown) return Promise.reject(new ParleyError('unavailable'));
        published.push(...payloads.map(decodeLogEntry));
        return Promise.resolve();
      },
    };
    const followUps = new FollowUps('node', broker, store(), systemClock);
    const stream = newConversationId();
    const made = wishOf(stream, ann, { type: 'create', kind: 'group', name: 'tea', members: [bob.id] });
    const appended = await new Writer(store()).append(stream, [made]);
    const carriedOut = followUps.carryOut(
      stream,
      appended,
      () => assert.fail('the sender is answered'),
      () => undefined,
    );
    await assert.rejects(carriedOut, { code: 'unavailable' });

    await followUps.payOwed();
    isDown = false;
    await followUps.payOwed();
    const added = published.map((entry) => (entry as { wish: { stream: string } }).wish.stream);
    assert.deepEqual(added.toSorted(), [ann.id, bob.id].toSorted());
    await followUps.payOwed();
    assert.equal(published.length, 2, 'what the log has taken is owed no longer');
  });

  it('are carried out although the command was refused here: another owner stored it afterwards, and died of it', async () => {
    const published: { readonly wish: { readonly stream: string } }[] = [];
    const broker = {
      ...createMemoryBroker({ partitions: 1 }).connect(),
      durable: true,
      publish: (_partition: number, payloads: readonly Uint8Array[]) => {
        published.push(...payloads.map((payload) => decodeLogEntry(payload) as (typeof published)[number]));
        return Promise.resolve();
      },
    };
    const clock = new VirtualClock();
    const found: string[] = [];
    const followUps = new FollowUps('node', broker, lagging(store()), clock, (stream) => found.push(stream));
    const stream = newConversationId();
    const other = new Writer(store());
    await other.append(stream, [
      wishOf(stream, ann, { type: 'create', kind: 'group', name: 'tea', members: [bob.id] }),
    ]);
    const invited = wishOf(stream, ann, { type: 'invite', users: [cyd.id] });
    followUps.refused([invited]);
    clock.advance(2_000);
    await followUps.payOwed();
    assert.equal(published.length, 0);
    await other.append(stream, [invited]);
    clock.advance(10_000);
    await followUps.payOwed();
    assert.deepEqual(
      published.map(({ wish }) => wish.stream),
      [cyd.id],
    );
    assert.deepEqual(found, [stream], 'and those who watch are told to look');
    clock.advance(600_000);
    await followUps.payOwed();
    assert.equal(published.length, 1);
  });

  it('make the first author of a thread follow it, although the first answers came in one batch', async () => {
    const published: { readonly wish: { readonly stream: string; readonly cid: string } }[] = [];
    const broker = {
      ...createMemoryBroker({ partitions: 1 }).connect(),
      durable: true,
      publish: (_partition: number, payloads: readonly Uint8Array[]) => {
        published.push(...payloads.map((payload) => decodeLogEntry(payload) as (typeof published)[number]));
        return Promise.resolve();
      },
    };
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

/** A store whose index of commands lags behind its log, as far as it may: what was stored is found once the head was asked for. */
function lagging(store: SequencerStore): SequencerStore {
  const heads = new Map<StreamId, number>();
  return {
    ...store,
    async head(stream) {
      const head = await store.head(stream);
      heads.set(stream, head);
      return head;
    },
    async findByCid(stream, actor, cid) {
      const seq = await store.findByCid(stream, actor, cid);
      return seq !== undefined && seq <= (heads.get(stream) ?? 0) ? seq : undefined;
    },
  };
}
