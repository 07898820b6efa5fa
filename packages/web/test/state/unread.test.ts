import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { advanceHead, applyHead, applyLive, applyMarker, badgeCount, countAtMost } from '../../src/state/unread.ts';
import { ann, ben, event, listed, posted } from './story.ts';

describe('the badge of a conversation off screen', () => {
  const quiet = listed();

  it('counts the posts its head tells of, and the mentions of everybody', () => {
    const { conversation } = applyHead(quiet, { ...quiet.head, head: 14, posts: 13, mass: 1 });
    assert.equal(conversation.unread, 3);
    assert.equal(conversation.mentions, 1);
  });

  it('does not count what the reader wrote, nor replies in threads', () => {
    const { conversation } = applyHead(quiet, { ...quiet.head, head: 14, posts: 12, replies: 2 }, 2);
    assert.equal(conversation.unread, 0);
  });

  it('does not change with a head that is older or the same', () => {
    assert.equal(applyHead(quiet, { ...quiet.head, head: 9, posts: 9 }).conversation, quiet);
    assert.equal(applyHead(quiet, quiet.head).conversation, quiet);
  });

  it('stops counting where the server does', () => {
    assert.equal(applyHead(quiet, { ...quiet.head, head: 900, posts: 900 }).conversation.unread, countAtMost);
  });

  it('asks the server after a deletion that may have taken an unread message, and not otherwise', () => {
    const deleted = { ...quiet.head, head: 11, deletes: 1 };
    assert.equal(applyHead(quiet, deleted).recount, false);
    assert.equal(applyHead({ ...quiet, unread: 2 }, deleted).recount, true);
  });

  it('is read anew when its name, topic or members changed', () => {
    assert.equal(applyHead(quiet, { ...quiet.head, head: 11, changes: 1 }).refetch, true);
  });
});

describe('the badge of a conversation on screen', () => {
  it('counts messages of others, and those that name the reader', () => {
    const after = [posted(11, {}, ben), posted(12, { mentions: [ann] }, ben), posted(13, { mass: 'all' }, ben)].reduce(
      (conversation, one) => applyLive(conversation, one, ann),
      listed(),
    );
    assert.deepEqual([after.unread, after.mentions, after.head.head], [3, 2, 13]);
  });

  it('does not count own messages, replies, repetitions or what is read already', () => {
    const start = listed({ marker: 12 });
    const events = [posted(11, {}, ben), posted(11, {}, ben), posted(13, {}, ann), posted(14, { thread: 3 }, ben)];
    assert.equal(events.reduce((conversation, one) => applyLive(conversation, one, ann), start).unread, 0);
  });

  it('keeps the counters of its head as the server would', () => {
    const events = [
      posted(11),
      posted(12, { thread: 11 }),
      posted(13, { mass: 'here' }),
      event(14, { type: 'deleted', target: 11 }),
      event(15, { type: 'renamed', name: 'other' }),
      event(16, { type: 'reacted', target: 13, emoji: '👍', on: true }),
    ];
    const { head, posts, replies, deletes, mass, changes } = events.reduce(advanceHead, listed().head);
    assert.deepEqual([head, posts, replies, deletes, mass, changes], [16, 12, 1, 1, 1, 1]);
  });
});

describe('a read marker', () => {
  const busy = listed({ marker: 4, unread: 6, mentions: 1 });

  it('at the end clears the badge', () => {
    const { conversation, recount } = applyMarker(busy, 10);
    assert.deepEqual([conversation.unread, conversation.mentions, conversation.marker, recount], [0, 0, 10, false]);
  });

  it('in the middle, forward or back, leaves the counting to the server', () => {
    assert.equal(applyMarker(busy, 7).recount, true);
    assert.equal(applyMarker(busy, 2).recount, true);
    assert.equal(applyMarker(busy, 4).recount, false);
  });
});

it('the window’s title counts what calls: mentions, and direct messages that are not muted', () => {
  const count = badgeCount([
    listed({ unread: 50, mentions: 2 }),
    listed({ kind: 'direct', unread: 3, mentions: 0 }),
    listed({ kind: 'direct', unread: 9, mentions: 1, muted: true }),
  ]);
  assert.equal(count, 6);
});
