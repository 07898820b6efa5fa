import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type Cid, newCid, newConversationId } from '@parley/protocol';
import fc from 'fast-check';
import type { SequencerStore } from '../../src/sequencer/append-batch.ts';
import { RecentCommands } from '../../src/sequencer/dedupe.ts';
import { withSqliteStore } from '../sqlite-store.ts';
import { range } from '../store/conformance/make.ts';
import { people, wishOf } from '../stream/people.ts';
import { answers, Writer } from './writer.ts';

const [ann] = people;
const dayMs = 86_400_000;
/** An id of a client whose clock is off by so much. */
const cidAt = (now: number): Cid => newCid({ now: () => now, random: (count) => Buffer.alloc(count, now % 251) });
const bounds = { maxRemembered: 5, minEventsPerSnapshot: 12 };

describe('what a sequencer remembers of commands', () => {
  const store = withSqliteStore();
  /** The store, and how often an old command was looked for in it. */
  const counting = (): { store: SequencerStore; lookUps: number } => {
    const counted = {
      lookUps: 0,
      store: {
        ...store(),
        findByCid(...args: Parameters<SequencerStore['findByCid']>) {
          counted.lookUps++;
          return store().findByCid(...args);
        },
      },
    };
    return counted;
  };

  it('may have forgotten whatever it was told and does not find, whatever the clocks of those who sent it', () => {
    const cid = fc.oneof(
      fc.integer({ min: 0, max: 2 * dayMs }).map((at) => cidAt(1_790_000_000_000 + at)),
      fc.stringMatching(/^[0-9a-zA-Z_:.-]{8,40}$/).map((text) => text as Cid),
    );
    fc.assert(
      fc.property(fc.array(cid, { maxLength: 40 }), fc.integer({ min: 1, max: 10 }), (cids, maxRemembered) => {
        const recent = new RecentCommands(maxRemembered, undefined);
        cids.forEach((each, index) => recent.note({ actor: ann.id, cid: each, seq: index + 1 }));
        for (const each of cids)
          assert.ok(recent.find(ann.id, each) !== undefined || recent.mayHaveForgotten(each), `${each} passes for new`);
      }),
    );
  });

  it('asks the store for no message that is sent now, however long the conversation, also after a restart', async () => {
    const counted = counting();
    const stream = newConversationId();
    const create = wishOf(stream, ann, { type: 'create', kind: 'channel', name: 'tea', members: [] });
    const post = (): ReturnType<typeof wishOf> => wishOf(stream, ann, { type: 'post', text: 'hello' });
    const writer = new Writer(counted.store, bounds);
    await writer.append(stream, [create]);
    for (const _ of range(1, 40)) await writer.append(stream, [post()]);
    writer.forget(stream);
    for (const _ of range(1, 10)) await writer.append(stream, [post()]);
    assert.equal(counted.lookUps, 0);
    assert.equal(await store().head(stream), 51);
  });

  it('finds the command of a client whose clock was a day ahead, sent again when that day has nearly passed', async () => {
    const counted = counting();
    const stream = newConversationId();
    const now = Date.now();
    const early = wishOf(stream, ann, { type: 'post', text: 'from tomorrow' }, cidAt(now + dayMs));
    const create = wishOf(stream, ann, { type: 'create', kind: 'channel', name: 'tea', members: [] }, cidAt(now));
    for (const restarts of [false, true]) {
      const writer = new Writer(counted.store, bounds);
      await writer.append(stream, [create]);
      await writer.append(stream, [early]);
      for (const minute of range(1, 30))
        await writer.append(stream, [
          wishOf(stream, ann, { type: 'post', text: 'hello' }, cidAt(now + minute * 60_000)),
        ]);
      if (restarts) writer.forget(stream);
      assert.deepEqual(answers(await writer.append(stream, [early])), [2]);
    }
    assert.ok(counted.lookUps > 0, 'nothing was looked up');
    assert.equal(await store().head(stream), 32);
  });

  it('looks up what a REST client calls its command, whose name tells no time', async () => {
    const stream = newConversationId();
    const writer = new Writer(store(), bounds);
    const named = wishOf(stream, ann, { type: 'post', text: 'the report' }, 'report-of-monday' as Cid);
    await writer.append(stream, [
      wishOf(stream, ann, { type: 'create', kind: 'channel', name: 'tea', members: [] }),
      named,
    ]);
    for (const _ of range(1, 30)) await writer.append(stream, [wishOf(stream, ann, { type: 'post', text: 'hello' })]);
    assert.deepEqual(answers(await writer.append(stream, [named])), [2]);
    assert.deepEqual(answers(await new Writer(store(), bounds).append(stream, [named])), [2]);
  });
});
