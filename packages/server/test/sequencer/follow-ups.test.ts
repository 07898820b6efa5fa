import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { newConversationId } from '@parley/protocol';
import { createMemoryBroker } from '../../src/broker/memory/index.ts';
import { systemClock } from '../../src/clock.ts';
import { decodeLogEntry } from '../../src/envelope.ts';
import { FollowUps } from '../../src/sequencer/follow-ups.ts';
import { withSqliteStore } from '../sqlite-store.ts';
import { people, wishOf } from '../stream/people.ts';
import { Writer } from './writer.ts';

const [ann, bob, cyd] = people;

describe('effects of stored events', () => {
  const store = withSqliteStore();

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
