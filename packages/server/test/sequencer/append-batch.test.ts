import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { newCid, newConversationId, newUserId, ParleyError, type StreamId } from '@parley/protocol';
import type { SequencerStore } from '../../src/sequencer/append-batch.ts';
import type { Wish } from '../../src/stream/index.ts';
import { withSqliteStore } from '../sqlite-store.ts';
import { range } from '../store/conformance/make.ts';
import { people, wishOf } from '../stream/people.ts';
import { answers, Writer, wholeLog } from './writer.ts';

const [ann, bob, cyd] = people;
const create = (stream: StreamId, kind: 'group' | 'channel' = 'group'): Wish =>
  wishOf(stream, ann, { type: 'create', kind, name: 'tea', members: [bob.id] });
const post = (stream: StreamId, who = ann, text = 'hello'): Wish => wishOf(stream, who, { type: 'post', text });

describe('appending a batch of one stream', () => {
  const store = withSqliteStore();

  it('stores what is allowed, refuses the rest, and answers each in its place', async () => {
    const stream = newConversationId();
    const wishes = [create(stream), post(stream), post(stream, cyd), post(stream, bob, ' '), post(stream, bob)];
    const appended = await new Writer(store()).append(stream, wishes);
    assert.deepEqual(answers(appended), [1, 2, 'not-found', 'text-empty', 3]);
    assert.equal(await store().head(stream), 3);
  });

  it('answers a command that comes twice in one batch, in the next, and after a restart, with its first seq', async () => {
    const stream = newConversationId();
    const [made, said] = [create(stream), post(stream)];
    const writer = new Writer(store());
    assert.deepEqual(answers(await writer.append(stream, [made, said, said, made])), [1, 2, 2, 1]);
    assert.deepEqual(answers(await writer.append(stream, [said, post(stream), made])), [2, 3, 1]);
    assert.deepEqual(answers(await new Writer(store()).append(stream, [said, made])), [2, 1]);
    assert.equal(await store().head(stream), 3);
  });

  it('tells the same cid of two people apart', async () => {
    const stream = newConversationId();
    const cid = newCid();
    const wishes = [ann, bob].map((who) => wishOf(stream, who, { type: 'post', text: 'hello' }, cid));
    const appended = await new Writer(store()).append(stream, [create(stream), ...wishes, ...wishes]);
    assert.deepEqual(answers(appended), [1, 2, 3, 2, 3]);
  });

  it('decides again by what a faster writer stored', async () => {
    const stream = newConversationId();
    const [slow, fast] = [new Writer(store()), new Writer(store())];
    await slow.append(stream, [create(stream)]);
    await fast.append(stream, [wishOf(stream, ann, { type: 'remove', user: bob.id }), post(stream)]);
    const said = [post(stream, bob), post(stream, ann)];
    assert.deepEqual(answers(await slow.append(stream, said)), ['not-found', 4]);
    assert.equal((await wholeLog(store(), stream)).length, 4);
  });

  it('answers with the faster writer’s seq when both were given the same command', async () => {
    const stream = newConversationId();
    const writers = [new Writer(store()), new Writer(store())];
    for (const writer of writers) await writer.append(stream, [create(stream)]).catch(() => undefined);
    const head = await store().head(stream);
    const wishes = range(1, 10).map(() => post(stream));
    const given = await Promise.all(writers.map(async (writer) => answers(await writer.append(stream, wishes))));
    assert.deepEqual(given, [range(head + 1, head + 10), range(head + 1, head + 10)]);
    assert.equal(await store().head(stream), head + 10);
  });

  it('refuses nothing by a state that another writer has moved on', async () => {
    const stream = newConversationId();
    const [old, current] = [new Writer(store()), new Writer(store())];
    await old.append(stream, [create(stream)]);
    await current.append(stream, [wishOf(stream, ann, { type: 'invite', users: [cyd.id] })]);
    assert.deepEqual(answers(await old.append(stream, [post(stream, cyd)])), [3]);
  });

  it('finds a command that another writer has just stored with the state after it, from which its effects can be told', async () => {
    const stream = newConversationId();
    const bounds = { maxRemembered: 2 };
    const old = new Writer(store(), bounds);
    await old.append(stream, [create(stream), ...range(1, 5).map(() => post(stream))]);
    old.forget(stream);
    await old.append(stream, [post(stream)]);
    // Stored by an owner that was replaced, and whose effects the log then did not take.
    const invite = wishOf(stream, ann, { type: 'invite', users: [cyd.id] });
    await new Writer(store(), bounds).append(stream, [invite]);
    const found = await old.append(stream, [invite]);
    assert.deepEqual(answers(found), [8]);
    const { state } = found.loaded;
    assert.ok(state?.type === 'conversation' && state.members.has(cyd.id), `the state is of ${state?.head}`);
  });

  it('gives up as unavailable when others are faster every time', async () => {
    const stream = newConversationId();
    await new Writer(store()).append(stream, [create(stream)]);
    const rival = new Writer(store());
    const raced: SequencerStore = {
      ...store(),
      async append(append) {
        await rival.append(stream, [post(stream)]);
        return store().append(append);
      },
    };
    await assert.rejects(new Writer(raced).append(stream, [post(stream)]), { code: 'unavailable' });
    const log = await wholeLog(store(), stream);
    assert.ok(log.every(({ cid }, index) => log.findIndex((other) => other.cid === cid) === index));
  });

  it('answers the resend with the first seq when the store wrote and could not say so', async () => {
    const stream = newConversationId();
    let isMute = false;
    const deaf: SequencerStore = {
      ...store(),
      async append(append) {
        const result = await store().append(append);
        if (isMute) throw new ParleyError('unavailable');
        return result;
      },
    };
    const writer = new Writer(deaf);
    await writer.append(stream, [create(stream)]);
    const said = [post(stream), post(stream)];
    isMute = true;
    await assert.rejects(writer.append(stream, said), { code: 'unavailable' });
    isMute = false;
    assert.deepEqual(answers(await writer.append(stream, [post(stream), ...said])), [4, 2, 3]);
    assert.equal(await store().head(stream), 4);
  });

  it('finds a command in the store that is older than its memory reaches, before and after a restart', async () => {
    const stream = newConversationId();
    const bounds = { maxRemembered: 3, minEventsPerSnapshot: 5 };
    const writer = new Writer(store(), bounds);
    const wishes = [create(stream), ...range(2, 30).map(() => post(stream))];
    for (const wish of wishes) await writer.append(stream, [wish]);
    const expected = range(1, 30);
    assert.deepEqual(answers(await writer.append(stream, wishes)), expected);
    assert.deepEqual(answers(await new Writer(store(), bounds).append(stream, wishes)), expected);
    assert.ok((await store().load(stream))?.snapshot !== undefined, 'a snapshot was taken on the way');
    assert.equal(await store().head(stream), 30);
  });

  it('writes no more for a message in a large room than in a small one, snapshots taken on the way', async () => {
    const writtenFor = async (members: number, banned: number): Promise<number> => {
      let chars = 0;
      const counting: SequencerStore = {
        ...store(),
        append(append) {
          chars += JSON.stringify(append).length;
          return store().append(append);
        },
      };
      const stream = newConversationId();
      const writer = new Writer(counting, { minEventsPerSnapshot: 50 });
      await writer.append(stream, [
        wishOf(stream, ann, {
          type: 'create',
          kind: 'group',
          name: 'tea',
          members: range(1, members).map(() => newUserId()),
        }),
        ...range(1, banned).map(() => wishOf(stream, ann, { type: 'ban', user: newUserId(), on: true })),
      ]);
      chars = 0;
      const messages = 3_000;
      for (const _ of range(1, 100))
        await writer.append(
          stream,
          range(1, messages / 100).map(() => post(stream)),
        );
      return chars / messages;
    };
    const small = await writtenFor(5, 0);
    const many = await writtenFor(1_000, 0);
    const strict = await writtenFor(5, 1_000);
    // A member's or a ban's part of a snapshot, once in as many events.
    assert.ok(many < small + 100, `${many} characters a message, ${small} in a small room`);
    assert.ok(strict < small + 100, `${strict} characters a message, ${small} where nobody is banned`);
  });

  it('lists a channel also where the store failed between the event and the list, once its maker sends again', async () => {
    const stream = newConversationId();
    const made = create(stream, 'channel');
    const listed = async () =>
      (await store().listChannels({ includeArchived: true, limit: 1_000 })).some(
        (entry) => entry.conversation === stream,
      );
    const failing: SequencerStore = {
      ...store(),
      putDirectoryEntry: () => Promise.reject(new ParleyError('unavailable')),
    };
    await assert.rejects(new Writer(failing).append(stream, [made]), { code: 'unavailable' });
    assert.equal(await listed(), false);
    assert.deepEqual(answers(await new Writer(store()).append(stream, [made])), [1]);
    assert.equal(await listed(), true);
  });

  it('keeps the rows of a thread right when its messages are no longer in memory', async () => {
    const stream = newConversationId();
    const writer = new Writer(store());
    await writer.append(stream, [create(stream), post(stream, ann, 'root')]);
    await writer.append(stream, [
      wishOf(stream, bob, { type: 'post', text: 'one', thread: 2 }),
      wishOf(stream, ann, { type: 'post', text: 'two', thread: 2 }),
    ]);
    await new Writer(store()).append(stream, [wishOf(stream, bob, { type: 'delete', target: 3 })]);
    const [root] = await store().messagesAt(stream, [2]);
    assert.equal(root?.replies?.count, 1);
    assert.equal((await store().messagesAt(stream, [3]))[0]?.deleted, true);
  });
});
