import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import {
  appendPage,
  applyEvent,
  findRow,
  fromPage,
  indexAtOrAfter,
  prependPage,
  type Timeline,
} from '../../src/state/timeline.ts';
import { ann, ben, event, message, page, posted } from './story.ts';

const seqs = (timeline: Timeline): number[] => timeline.rows.map(({ seq }) => seq);

describe('a timeline and its live events', () => {
  const start = fromPage(page([message(1), message(2), message(3)]));

  it('takes a new message in at its end', () => {
    assert.deepEqual(seqs(applyEvent(start, posted(4))), [1, 2, 3, 4]);
  });

  it('does not change with a repetition', () => {
    const after = applyEvent(start, posted(4));
    assert.equal(applyEvent(after, posted(4)), after);
    assert.equal(applyEvent(after, event(2, { type: 'deleted', target: 1 })), after);
  });

  it('never shows a hole: while messages in between are missing, a new one waits for its page', () => {
    const away = fromPage(page([message(1), message(2)], { hasAfter: true, head: 50 }));
    const after = applyEvent(away, posted(51));
    assert.deepEqual(seqs(after), [1, 2]);
    assert.equal(after.head, 51);
    const caughtUp = appendPage(after, page([message(3), message(51)]));
    assert.deepEqual(seqs(applyEvent(caughtUp, posted(52))), [1, 2, 3, 51, 52]);
  });

  it('shows an edit in place and forgets whom the old text named', () => {
    const named = fromPage(page([message(1, { mentions: [ben] })]));
    const row = findRow(applyEvent(named, event(2, { type: 'edited', target: 1, text: 'better' })), 1);
    assert.equal(row?.text, 'better');
    assert.equal(row?.mentions, undefined);
    assert.equal(row?.editedAt, 2_000);
  });

  it('leaves of a deleted message its place and nothing it said', () => {
    const row = findRow(applyEvent(start, event(4, { type: 'deleted', target: 2 })), 2);
    assert.equal(row?.deleted, true);
    assert.equal(row?.text, '');
    assert.equal(row?.actor, ann);
  });

  it('counts a reaction of one person once, and takes it away again', () => {
    const reacted = (seq: number, on: boolean, actor = ann) =>
      event(seq, { type: 'reacted', target: 1, emoji: '👍', on }, actor);
    const twice = applyEvent(applyEvent(start, reacted(4, true)), reacted(5, true));
    assert.deepEqual(findRow(twice, 1)?.reactions, [{ emoji: '👍', users: [ann] }]);
    const both = applyEvent(twice, reacted(6, true, ben));
    const gone = applyEvent(applyEvent(both, reacted(7, false)), reacted(8, false, ben));
    assert.deepEqual(findRow(both, 1)?.reactions, [{ emoji: '👍', users: [ann, ben] }]);
    assert.deepEqual(findRow(gone, 1)?.reactions, []);
  });

  it('counts replies at the root, not among the messages', () => {
    const after = applyEvent(applyEvent(start, posted(4, { thread: 1 }, ben)), posted(5, { thread: 1 }, ben));
    assert.deepEqual(seqs(after), [1, 2, 3]);
    assert.deepEqual(findRow(after, 1)?.replies, { count: 2, lastSeq: 5, lastAt: 5_000, users: [ben] });
  });

  it('shows in a thread the replies of that thread only', () => {
    const thread = fromPage(page([message(1)]), 1);
    const after = [posted(4, { thread: 1 }), posted(5), posted(6, { thread: 2 })].reduce(applyEvent, thread);
    assert.deepEqual(seqs(after), [1, 4]);
  });
});

describe('a timeline and its pages', () => {
  it('joins pages that overlap without doubling a message, the newer reading counting', () => {
    const newer = fromPage(page([message(3), message(4, { text: 'as it is now' })], { hasBefore: true }));
    const joined = prependPage(newer, page([message(1), message(2), message(3), message(4)]));
    assert.deepEqual(seqs(joined), [1, 2, 3, 4]);
    assert.equal(findRow(joined, 4)?.text, 'as it is now');
    assert.equal(joined.hasBefore, false);
  });

  it('finds the place of every seq', () => {
    const rows = [message(2), message(4), message(9)];
    assert.deepEqual(
      [0, 2, 3, 9, 10].map((seq) => indexAtOrAfter(rows, seq)),
      [0, 0, 1, 2, 3],
    );
    assert.equal(findRow(fromPage(page(rows)), 3), undefined);
  });

  it('is the same list, however it came: by pages of any size from anywhere, with live events in between', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.integer({ min: 1, max: 200 }), { minLength: 1, maxLength: 40 }),
        fc.nat(),
        fc.integer({ min: 1, max: 7 }),
        fc.array(fc.boolean(), { maxLength: 60 }),
        (unordered, at, size, directions) => {
          const all = unordered.toSorted((a, b) => a - b).map((seq) => message(seq));
          const from = at % all.length;
          const slice = (low: number, high: number) =>
            page(all.slice(Math.max(0, low), high), { hasBefore: low > 0, hasAfter: high < all.length, head: 200 });
          let timeline = fromPage(slice(from, from + size));
          const live = [201, 202, 203].map((seq) => posted(seq));
          for (const forward of directions) {
            const low = all.findIndex(({ seq }) => seq === timeline.rows[0]?.seq);
            const high = all.findIndex(({ seq }) => seq === timeline.rows.at(-1)?.seq) + 1;
            if (forward && timeline.hasAfter) timeline = appendPage(timeline, slice(high, high + size));
            else if (!forward && timeline.hasBefore) timeline = prependPage(timeline, slice(low - size, low));
          }
          for (const one of live) timeline = applyEvent(timeline, one);
          const shown = seqs(timeline);
          const complete = [...all.map(({ seq }) => seq), ...(timeline.hasAfter ? [] : [201, 202, 203])];
          const first = complete.indexOf(shown[0] ?? -1);
          assert.deepEqual(shown, complete.slice(first, first + shown.length), 'a stretch without holes');
          assert.equal(first === 0, !timeline.hasBefore);
        },
      ),
    );
  });
});
