import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type Command, newCid, newConversationId, newUserId } from '@parley/protocol';
import { appendsOf } from '../../src/sequencer/appends.ts';

const stream = newConversationId();
const actor = newUserId();
const requestOf = (command: Command) => ({
  wish: { stream, actor, serverRole: 'member' as const, cid: newCid(), command },
  replyTo: undefined,
  mustNotBeLost: false,
});
const many = (count: number, command: (index: number) => Command) =>
  Array.from({ length: count }, (_, index) => requestOf(command(index)));
const sizes = (requests: ReturnType<typeof many>): number[] => appendsOf(requests).map(({ length }) => length);

describe('how the wishes of one stream are cut into appends', () => {
  it('takes a thousand ordinary messages in one', () => {
    assert.deepEqual(
      sizes(many(1_000, (index) => ({ type: 'post', text: `an ordinary message, number ${index}` }))),
      [1_000],
    );
    assert.deepEqual(sizes([]), []);
  });

  it('cuts a batch of long messages, keeping all in their order', () => {
    const requests = many(100, () => ({ type: 'post', text: 'x'.repeat(16_000) }));
    const parts = appendsOf(requests);
    assert.ok(parts.length >= 4 && parts.length <= 5, `${parts.length} parts`);
    assert.deepEqual(parts.flat(), requests);
    for (const part of parts) {
      // Events and rows, every letter three bytes long.
      const bytes = part.length * 2 * 3 * 16_000;
      assert.ok(bytes < 4 * 1024 * 1024, `${bytes} bytes`);
    }
  });

  it('counts an older message once, however often it is changed', () => {
    const react = (target: number): Command => ({ type: 'react', target, emoji: '🦊', on: true });
    assert.deepEqual(sizes(many(1_000, () => react(7))), [1_000]);
    assert.ok(sizes(many(1_000, react)).every((size) => size <= 31));
  });

  it('takes a wish that is too heavy alone by itself', () => {
    const requests = many(3, () => ({ type: 'post', text: 'x'.repeat(600_000) }));
    assert.deepEqual(sizes(requests), [1, 1, 1]);
  });
});
