import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Cid, Message, UserId } from '@parley/client';
import { isJumbo, messageLabel } from '../../src/message/message-label.ts';

const message: Message = {
  seq: 1,
  at: new Date(2026, 2, 3, 12).getTime(),
  actor: 'u_ann' as UserId,
  cid: 'cid' as Cid,
  text: 'Look at **this**: `code`',
};

describe('what a screen reader says of a message', () => {
  it('begins with who and when, and says the text without its marks', () => {
    assert.match(messageLabel(message, 'Ann'), /^Ann, .*12.*: Look at this: code$/);
  });

  it('closes with what was done to it', () => {
    const rich = {
      ...message,
      editedAt: message.at,
      pinned: true,
      reactions: [{ emoji: '👍', users: ['u_a' as UserId, 'u_b' as UserId] }],
      replies: { count: 1, lastSeq: 2, lastAt: message.at, users: [] },
    };
    assert.match(messageLabel(rich, 'Ann'), /code, edited, pinned, 2 reactions, 1 reply$/);
  });

  it('does not say what was deleted', () => {
    assert.match(messageLabel({ ...message, text: '', deleted: true }, 'Ann'), /: deleted message$/);
  });
});

it('shows a few emoji large, and nothing else', () => {
  for (const text of ['🎉', '🎉🎉', '👍🏽 ❤️', '👨‍👩‍👧']) assert.ok(isJumbo(text), text);
  for (const text of ['', '1', 'ok 🎉', '🎉'.repeat(7)]) assert.ok(!isJumbo(text), text);
});
