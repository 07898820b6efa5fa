import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { type Selected, toggleMark } from '../../src/composer/marking.ts';

function apply(selected: Selected, mark: string): Selected {
  const { from, to, insert, start, end } = toggleMark(selected, mark);
  return { text: selected.text.slice(0, from) + insert + selected.text.slice(to), start, end };
}

describe('the Markdown keys', () => {
  it('put marks around the selection and keep it selected', () => {
    assert.deepEqual(apply({ text: 'say it now', start: 4, end: 6 }, '**'), {
      text: 'say **it** now',
      start: 6,
      end: 8,
    });
  });

  it('put the caret between fresh marks where nothing is selected', () => {
    assert.deepEqual(apply({ text: 'a ', start: 2, end: 2 }, '`'), { text: 'a ``', start: 3, end: 3 });
  });

  it('do not take bold for italic', () => {
    assert.equal(apply({ text: '**it**', start: 2, end: 4 }, '*').text, '***it***');
  });

  it('undo themselves when pressed twice', () => {
    const words = fc.string({ unit: fc.constantFrom('a', 'b', ' ', 'é') });
    fc.assert(
      fc.property(words, words, words, fc.constantFrom('**', '*', '`'), (before, inside, after, mark) => {
        const selected = { text: before + inside + after, start: before.length, end: before.length + inside.length };
        assert.deepEqual(apply(apply(selected, mark), mark), selected);
      }),
    );
  });
});
