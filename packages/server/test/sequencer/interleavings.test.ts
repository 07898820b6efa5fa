import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type ConversationEvent, isConversationStream, type Message, newConversationId } from '@parley/protocol';
import fc from 'fast-check';
import { type FollowUp, fold, followUps, rowsAfter, type Wish } from '../../src/stream/index.ts';
import { withSqliteStore } from '../sqlite-store.ts';
import { seqsOf } from '../store/conformance/make.ts';
import { storyOf } from '../stream/arbitraries.ts';
import { Model } from '../stream/model.ts';
import { people, wishOf } from '../stream/people.ts';
import { answerTo, Writer, wholeLog } from './writer.ts';

/** What happens to the next few wishes. */
const turn = fc.record({
  /** Who takes them: one of two owners that both believe in themselves, or both at once. */
  by: fc.constantFrom('first', 'second', 'both' as const),
  size: fc.integer({ min: 1, max: 6 }),
  /** An earlier wish that its sender sends again with them. */
  again: fc.option(fc.nat()),
  forgets: fc.boolean(),
});

describe('whatever two writers make of people’s wishes and resends', () => {
  const store = withSqliteStore();

  it('is one dense log without doubles, allowed at every seq, with rows and effects that agree with it', async () => {
    await fc.assert(
      fc.asyncProperty(
        storyOf(['group', 'channel']),
        fc.array(turn, { minLength: 30, maxLength: 60, size: 'max' }),
        async ({ steps }, turns) => {
          const stream = newConversationId();
          const wishes = steps.map(({ who, command }) => wishOf(stream, people[who] ?? people[0], command));
          const writers = [new Writer(store(), { maxRemembered: 5, minEventsPerSnapshot: 7 }), new Writer(store())];
          const answered = new Map<string, number>();
          const effects = new Map<string, FollowUp>();
          let next = 0;
          for (const { by, size, again, forgets } of turns) {
            const batch = wishes.slice(next, next + size);
            next += batch.length;
            const old = again === null ? undefined : wishes[again % Math.max(1, next)];
            if (old !== undefined) batch.unshift(old);
            if (forgets) writers[0]?.forget(stream);
            const taking = writers.filter((_, index) => by === 'both' || index === (by === 'first' ? 0 : 1));
            const results = await Promise.all(taking.map((writer) => writer.append(stream, batch)));
            for (const { outcomes, states, events, rows } of results) {
              for (const outcome of outcomes) {
                if (outcome.type !== 'stored' && outcome.type !== 'duplicate') continue;
                const { cid } = outcome.request.wish;
                const seq = Number(answerTo(outcome));
                assert.equal(answered.get(cid) ?? seq, seq, `${cid} was answered ${answered.get(cid)} and ${seq}`);
                answered.set(cid, seq);
              }
              for (const [index, event] of events.entries()) {
                const state = states[index];
                for (const effect of state === undefined ? [] : followUps(state, event, rows))
                  effects.set(`${effect.stream} ${effect.cid}`, effect);
              }
            }
          }

          const log = (await wholeLog(store(), stream)) as readonly ConversationEvent[];
          assert.deepEqual(
            seqsOf(log),
            Array.from(log, (_, index) => index + 1),
          );
          assert.equal(new Set(log.map(({ actor, cid }) => `${actor} ${cid}`)).size, log.length, 'a double');
          for (const { cid, seq } of log) assert.equal(answered.get(cid), seq);
          const model = new Model();
          const rows = new Map<number, Message>();
          for (const event of log) {
            model.take(event, people.find(({ id }) => id === event.actor) ?? people[0]);
            for (const row of rowsAfter(event, rows)) rows.set(row.seq, row);
          }
          assert.deepEqual(fold(stream, await store().load(stream)), fold(stream, { events: log }));
          const stored = await store().messages({ stream, limit: 1_000, direction: 'forward' });
          assert.deepEqual(
            stored,
            [...rows.values()].toSorted((a, b) => a.seq - b.seq),
          );
          await holdsUnderReplay([...effects.values()]);
        },
      ),
      { numRuns: 40 },
    );
  });

  /** Carries effects out, then all of them again in another order: the second time changes nothing. */
  async function holdsUnderReplay(effects: readonly Wish[]): Promise<void> {
    const carryOut = async (writer: Writer, some: readonly Wish[]): Promise<void> => {
      for (const effect of some) {
        const { outcomes } = await writer.append(effect.stream, [effect]);
        assert.ok(outcomes.every(({ type }) => type !== 'rejected'));
      }
    };
    const heads = () => Promise.all(people.map(({ id }) => store().head(id)));
    await carryOut(new Writer(store()), effects);
    const before = await heads();
    await carryOut(new Writer(store(), { maxRemembered: 2 }), effects.toReversed());
    assert.deepEqual(await heads(), before);
    assert.ok(effects.every(({ stream }) => !isConversationStream(stream)));
  }
});
