import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { describe, it } from 'node:test';
import { type Emoji, nextCell, searchEmoji, toned } from '../../src/message/emoji-search.ts';

const dataFile = createRequire(import.meta.url).resolve('emoji-picker-element-data/en/emojibase/data.json');
const all = JSON.parse(readFileSync(dataFile, 'utf8')) as readonly Emoji[];
const found = (query: string) => searchEmoji(all, query).map(({ emoji }) => emoji);

describe('the search for an emoji', () => {
  it('finds by name, by short code and by tag', () => {
    assert.equal(found('rocket')[0], '🚀');
    assert.equal(found(':tada:')[0], '🎉');
    assert.ok(found('celebrate').includes('🎉'));
  });

  it('takes every word of the query', () => {
    assert.ok(found('red heart').includes('❤️'));
    assert.ok(!found('red heart').includes('🚀'));
    assert.deepEqual(found('no such thing at all'), []);
  });

  it('stays short for a single letter', () => {
    assert.ok(found('a').length <= 64);
  });
});

it('gives an emoji the colour of skin that was chosen, where it has one', () => {
  const wave = all.find(({ emoji }) => emoji === '👋');
  const rocket = all.find(({ emoji }) => emoji === '🚀');
  assert.ok(wave !== undefined && rocket !== undefined);
  assert.equal(toned(wave, 5), '👋🏿');
  assert.equal(toned(wave, 0), '👋');
  assert.equal(toned(rocket, 5), '🚀');
});

it('moves through the grid by the arrows and stops at its edges', () => {
  assert.equal(nextCell('ArrowDown', 0, 20), 8);
  assert.equal(nextCell('ArrowDown', 15, 20), undefined);
  assert.equal(nextCell('ArrowUp', 3, 20), undefined);
  assert.equal(nextCell('ArrowRight', 19, 20), undefined);
  assert.equal(nextCell('End', 3, 20), 19);
  assert.equal(nextCell('Enter', 3, 20), undefined);
});
