import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { decodeSnapshot, encodeSnapshot, evolve, fold } from '../../src/stream/index.ts';
import { story } from './arbitraries.ts';
import { Model } from './model.ts';
import { people, streamFor } from './people.ts';
import { play } from './play.ts';

const counters = ['posts', 'replies', 'deletes', 'mass', 'changes'] as const;
const runs = { numRuns: 400 };

describe('whatever people wish of a conversation, in any order', () => {
  it('numbers events 1, 2, 3 … and stamps each with its actor', () => {
    fc.assert(
      fc.property(story, ({ kind, steps }) => {
        for (const [index, { event, who, after }] of play(streamFor(kind), steps).entries()) {
          assert.equal(event.seq, index + 1);
          assert.equal(after.head, event.seq);
          assert.equal(event.actor, people[who]?.id);
        }
      }),
      runs,
    );
  });

  it('lets nobody do what was not theirs to do at that seq, and leaves no members without an owner', () => {
    fc.assert(
      fc.property(story, ({ kind, steps }) => {
        const model = new Model();
        for (const { event, who, after } of play(streamFor(kind), steps)) {
          model.take(event, people[who] ?? people[0]);
          assert.deepEqual(
            [...after.members].map(([user, { role }]) => [user, role]),
            [...model.roles],
          );
          assert.equal(after.archived, model.archived);
          assert.deepEqual(new Set(after.banned.keys()), model.banned);
          assert.deepEqual(new Set(after.requests.keys()), model.waiting);
        }
      }),
      runs,
    );
  });

  it('folds the log to the same state from the beginning and through a snapshot taken anywhere', () => {
    fc.assert(
      fc.property(story, fc.nat(), ({ kind, steps }, point) => {
        const stream = streamFor(kind);
        const moments = play(stream, steps);
        const events = moments.map(({ event }) => event);
        const last = moments.at(-1)?.after;
        assert.deepEqual(fold(stream, { events }), last);
        const at = point % moments.length;
        const moment = moments[at];
        assert.ok(moment !== undefined);
        const snapshot = { seq: moment.event.seq, state: encodeSnapshot(moment.after) };
        assert.deepEqual(decodeSnapshot(snapshot.state), moment.after);
        assert.deepEqual(fold(stream, { snapshot, events: events.slice(at + 1) }), last);
      }),
      runs,
    );
  });

  it('never changes a state once made, and refuses an event out of its turn', () => {
    fc.assert(
      fc.property(story, ({ kind, steps }) => {
        const stream = streamFor(kind);
        const moments = play(stream, steps);
        const written = moments.map(({ after }) => encodeSnapshot(after));
        for (const { event, before } of moments) {
          evolve(before, stream, event);
          assert.throws(() => evolve(before, stream, { ...event, seq: event.seq + 1 }), /cannot follow/);
        }
        assert.deepEqual(
          moments.map(({ after }) => encodeSnapshot(after)),
          written,
        );
      }),
      { numRuns: 100 },
    );
  });

  it('lets counters only grow, each by what it counts', () => {
    fc.assert(
      fc.property(story, ({ kind, steps }) => {
        const moments = play(streamFor(kind), steps);
        for (const { before, after } of moments) {
          for (const counter of counters)
            assert.ok(
              after[counter] >= (before?.[counter] ?? 0) && after[counter] <= (before?.[counter] ?? 0) + 1,
              counter,
            );
        }
        const count = (fits: (moment: (typeof moments)[number]) => boolean) => moments.filter(fits).length;
        const last = moments.at(-1)?.after;
        assert.ok(last !== undefined);
        assert.equal(
          last.posts,
          count(({ event }) => event.type === 'posted' && event.thread === undefined),
        );
        assert.equal(
          last.replies,
          count(({ event }) => event.type === 'posted' && event.thread !== undefined),
        );
        assert.equal(
          last.deletes,
          count(({ event }) => event.type === 'deleted'),
        );
        assert.equal(
          last.mass,
          count(({ event }) => event.type === 'posted' && event.mass !== undefined),
        );
      }),
      runs,
    );
  });

  it('keeps rows that agree with the log: what stands, who reacted, how many answers', () => {
    fc.assert(
      fc.property(story, ({ kind, steps }) => {
        const moments = play(streamFor(kind), steps);
        const events = moments.map(({ event }) => event);
        const deleted = new Set(events.flatMap((event) => (event.type === 'deleted' ? [event.target] : [])));
        for (const row of moments.at(-1)?.rows.values() ?? []) {
          assert.equal(row.deleted === true, deleted.has(row.seq));
          const edits = events.filter((event) => event.type === 'edited' && event.target === row.seq);
          const said = events.find((event) => event.type === 'posted' && event.seq === row.seq);
          const text = [said, ...edits].at(-1);
          assert.equal(row.text, row.deleted === true || text === undefined || !('text' in text) ? '' : text.text);
          const answers = events.filter(
            (event) => event.type === 'posted' && event.thread === row.seq && !deleted.has(event.seq),
          );
          assert.equal(row.replies?.count ?? 0, answers.length);
          const reacted = new Set<string>();
          for (const event of events) {
            if (event.type !== 'reacted' || event.target !== row.seq) continue;
            if (event.on) reacted.add(`${event.emoji} ${event.actor}`);
            else reacted.delete(`${event.emoji} ${event.actor}`);
          }
          const shown = (row.reactions ?? []).flatMap(({ emoji, users }) => users.map((user) => `${emoji} ${user}`));
          assert.deepEqual(shown.toSorted(), row.deleted === true ? [] : [...reacted].toSorted());
          const pins = moments.at(-1)?.after.pins ?? [];
          assert.equal(row.pinned === true, pins.includes(row.seq), `pin of ${row.seq}`);
        }
      }),
      runs,
    );
  });
});
