import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { WordFilter, wordsIn } from '../../src/moderation/words.ts';

const filter = new WordFilter(['Poker', 'free money', 'Straße', '  ', '!!']);
const isRefused = (text: string): boolean => filter.isIn(wordsIn(text));

describe('a filter of words', () => {
  it('finds its words whole, however they are written', () => {
    const written = [
      'poker',
      'POKER!',
      'Play póker, now',
      'ｐｏｋｅｒ',
      'po\u200bker',
      'po\u00adker',
      '(poker)',
      '**poker**',
    ];
    for (const text of written) assert.ok(isRefused(text), text);
    for (const text of ['free  money', 'FREE, money', 'get free\nmoney here', 'die straße'])
      assert.ok(isRefused(text), text);
  });

  it('leaves longer words, other words and words apart alone', () => {
    for (const text of ['pokerface', 'joker', 'free the money', 'money free', 'strasse', '', '…'])
      assert.ok(!isRefused(text), text);
  });

  it('is none without words that have a letter', () => assert.ok(!new WordFilter(['', '?!']).isIn(wordsIn('?! a b'))));

  it('finds a word wherever it stands among others', () => {
    const word = fc.stringMatching(/^[a-z]{2,8}$/).filter((text) => text !== 'poker');
    fc.assert(
      fc.property(fc.array(word), fc.array(word), (before, after) => {
        assert.ok(isRefused([...before, 'poker', ...after].join(' ')));
      }),
    );
  });
});
