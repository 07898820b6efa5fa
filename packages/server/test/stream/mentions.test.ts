import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { massMentionIn } from '../../src/stream/mentions.ts';

const texts: readonly (readonly [text: string, addresses: 'all' | 'here' | undefined])[] = [
  ['@all lunch', 'all'],
  ['lunch @here?', 'here'],
  ['(@all)', 'all'],
  ['first line\n@here', 'here'],
  ['@all and @here', 'all'],
  ['@allan is here', undefined],
  ['all of you', undefined],
  ['write to me@all.example', undefined],
  ['@@all', undefined],
  ['type `@all` to call everybody', undefined],
  ['```\n@all\n``` is quoted', undefined],
  ['```\n@all never closed', undefined],
  ['`code` and @all', 'all'],
  ['a lone ` before @all', 'all'],
  ['', undefined],
];

describe('a text addresses everybody', () => {
  for (const [text, addresses] of texts)
    it(`${JSON.stringify(text)}: ${addresses ?? 'no'}`, () => assert.equal(massMentionIn(text), addresses));

  it('or not, in time, however many quotes it opens', () => {
    // The longest text there is, of the signs the pattern looks for.
    assert.equal(massMentionIn('`'.repeat(16_000)), undefined);
    assert.equal(massMentionIn('```a'.repeat(4_000)), undefined);
    assert.equal(massMentionIn('`a\n'.repeat(5_000)), undefined);
  });
});
