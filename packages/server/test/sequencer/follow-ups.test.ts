import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { newConversationId, ParleyError } from '@parley/protocol';
import { createMemoryBroker } from '../../src/broker/memory/index.ts';
import { systemClock } from '../../src/clock.ts';
import { decodeLogEntry } from '../../src/envelope.ts';
import { FollowUps } from '../../src/sequencer/follow-ups.ts';
import { withSqliteStore } from '../sqlite-store.ts';
import { people, wishOf } from '../stream/people.ts';
import { Writer } from './writer.ts';

const [ann, bob] = people;

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
});
