import assert from 'node:assert/strict';
import { it } from 'node:test';
import { typingText } from '../../src/conversation/typing-text.ts';

it('names up to three people who type, and does not count more', () => {
  assert.equal(typingText(['Ann']), 'Ann is typing');
  assert.equal(typingText(['Ann', 'Ben']), 'Ann and Ben are typing');
  assert.equal(typingText(['Ann', 'Ben', 'Cem']), 'Ann, Ben and Cem are typing');
  assert.equal(typingText(['Ann', 'Ben', 'Cem', 'Dot']), 'Several people are typing');
});
