import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { plainLine, plainName } from '../src/index.ts';
import { conversationName, displayName, status, topic } from '../src/schemas.ts';

describe('names', () => {
  it('hold nothing that turns the direction of text, hides, or breaks the line', () => {
    for (const [given, kept] of [
      ['Ann\u202egnp.exe', 'Anngnp.exe'],
      ['\u2066Bob\u2069\u200e\u200f\u061c', 'Bob'],
      ['Cy\u200bd\u00ad\ufeff', 'Cyd'],
      ['Dee\u0000\u0007\nDee\u2028', 'DeeDee'],
      ['Ａｄａ', 'Ada'],
      ['ﬁona', 'fiona'],
    ] as const)
      assert.equal(plainName(given), kept);
  });

  it('keep what names are written with: accents, other scripts, emoji of several parts', () => {
    for (const name of ['José', 'Ада Лавлейс', 'نیلوفر', 'महेश', '李小龍', 'Zoë 👩‍💻', 'می‌خواهم', '🏴󠁧󠁢󠁥󠁮󠁧󠁿 Alice'])
      assert.equal(plainName(name), name.normalize('NFKC'));
  });

  it('that are empty without what nobody sees are refused, and the others are kept without it', () => {
    for (const schema of [displayName, conversationName]) {
      assert.equal(schema.safeParse('\u202e\u200b ').success, false);
      assert.equal(schema.parse(' te\u202ea '), 'tea');
    }
    assert.equal(topic.parse('left \u202eright'), 'left right');
    assert.equal(status.parse('\u2067busy'), 'busy');
  });

  it('are kept the same when they are kept again', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        assert.equal(plainName(plainName(text)), plainName(text));
        assert.equal(plainLine(plainLine(text)), plainLine(text));
        assert.doesNotMatch(plainName(text), /\p{Bidi_Control}/u);
      }),
    );
  });
});
