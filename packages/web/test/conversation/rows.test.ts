import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Cid, Message, UserId } from '@parley/client';
import fc from 'fast-check';
import { changeOf, keyOf, nextRow, rowsOf, standingOf } from '../../src/conversation/rows.ts';
import type { OutgoingPost } from '../../src/state/outbox.ts';

const ann = 'u_ann' as UserId;
const ben = 'u_ben' as UserId;
const noon = new Date(2026, 2, 3, 12).getTime();
const minute = 60_000;

const message = (seq: number, more: Partial<Message> = {}): Message => ({
  seq,
  at: noon + seq * 1_000,
  actor: ann,
  cid: `cid-${seq}` as Cid,
  text: `text ${seq}`,
  ...more,
});
const outgoing = (cid: string): OutgoingPost => ({
  cid: cid as Cid,
  text: 'soon',
  queuedAt: noon + minute,
  replyTo: undefined,
  thread: undefined,
  error: undefined,
});
const never = Number.MAX_SAFE_INTEGER;

describe('the rows of a list', () => {
  it('are the stored messages themselves while nothing is on its way', () => {
    const stored = [message(1), message(2)];
    assert.equal(rowsOf(stored, []), stored);
  });

  it('show a message once when its event comes before its acknowledgement', () => {
    const stored = [message(1), message(2)];
    const rows = rowsOf(stored, [outgoing('cid-2'), outgoing('cid-new')]);
    assert.deepEqual(
      rows.map(({ cid }) => cid),
      ['cid-1', 'cid-2', 'cid-new'],
    );
  });

  it('keep the key of an own message when it is stored', () => {
    assert.equal(keyOf(outgoing('cid-7'), ann), keyOf(message(7), ann));
    assert.notEqual(keyOf(outgoing('cid-7'), ben), keyOf(message(7), ben));
  });
});

describe('how a row stands below the one before', () => {
  it('goes on without a name within five minutes of the same author', () => {
    assert.equal(standingOf(message(2), message(1), never, ann).continues, true);
    assert.equal(standingOf(message(2, { actor: ben }), message(1), never, ann).continues, false);
    assert.equal(standingOf(message(2, { at: noon + 6 * minute }), message(1), never, ann).continues, false);
  });

  it('says the name again for an answer to somebody, which has a quotation to carry', () => {
    assert.equal(standingOf(message(2, { replyTo: 1 }), message(1), never, ann).continues, false);
  });

  it('starts a day at the first row and after midnight', () => {
    assert.equal(standingOf(message(1), undefined, never, ann).startsDay, true);
    assert.equal(standingOf(message(2), message(1), never, ann).startsDay, false);
    const late = message(1, { at: new Date(2026, 2, 3, 23, 59, 59).getTime() });
    const early = message(2, { at: new Date(2026, 2, 4, 0, 0, 1).getTime() });
    assert.deepEqual(standingOf(early, late, never, ann), { startsDay: true, startsNew: false, continues: false });
  });

  it('draws the new-messages line once, above the first row after the marker', () => {
    const stored = [message(3), message(5), message(8), message(9)];
    const lines = stored.map((row, index) => standingOf(row, stored[index - 1], 5, ann).startsNew);
    assert.deepEqual(lines, [false, false, true, false]);
  });

  it('draws the line at the first row when all are new, and never for one that is on its way', () => {
    assert.equal(standingOf(message(3), undefined, 2, ann).startsNew, true);
    assert.equal(standingOf(outgoing('x'), message(3), 2, ann).startsNew, false);
  });
});

describe('what became of the rows', () => {
  const from = (first: number, last: number): Message[] =>
    Array.from({ length: last - first + 1 }, (_, index) => message(first + index));

  it('is a shift exactly when a page came before the first row', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 50 }), fc.nat(50), fc.nat(50), (length, before, after) => {
        const old = from(100, 99 + length);
        const now = from(100 - before, 99 + length + after);
        assert.equal(changeOf(old, now).kind, before > 0 ? 'shift' : 'same');
      }),
    );
  });

  it('is a replacement when the reader jumped elsewhere, even to a page that overlaps', () => {
    assert.equal(changeOf(from(60, 120), from(1, 40)).kind, 'replaced');
    assert.equal(changeOf(from(60, 120), from(20, 80)).kind, 'replaced');
    assert.equal(changeOf(from(20, 80), from(60, 120)).kind, 'replaced');
  });

  it('is nothing when the first page arrives', () => {
    assert.equal(changeOf([], from(1, 60)).kind, 'same');
  });
});

describe('the arrow keys', () => {
  it('move from message to message and leave the list below the last one', () => {
    assert.equal(nextRow('ArrowUp', 5, 10), 4);
    assert.equal(nextRow('ArrowUp', 0, 10), undefined);
    assert.equal(nextRow('ArrowDown', 8, 10), 9);
    assert.equal(nextRow('ArrowDown', 9, 10), 'end');
    assert.equal(nextRow('Home', 9, 10), 0);
    assert.equal(nextRow('End', 0, 10), 9);
    assert.equal(nextRow('x', 3, 10), undefined);
  });
});
