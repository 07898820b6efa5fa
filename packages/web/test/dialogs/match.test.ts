import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { bestOf, fit } from '../../src/dialogs/match.ts';

describe('finding by name', () => {
  const names = ['design-review', 'general', 'review', 'previews', 'Ann Lee'];
  const found = (query: string) => bestOf(names, query, (name) => [name]);

  it('puts the whole name first, then beginnings, beginnings of words, and middles', () => {
    assert.deepEqual(found('review'), ['review', 'design-review', 'previews']);
  });

  it('finds a name by its letters in order, when there are enough of them', () => {
    assert.deepEqual(found('gnrl'), ['general']);
    assert.equal(fit('general', 'gl'), 0);
  });

  it('takes # and @ before a name for what they are, and no query for every name', () => {
    assert.deepEqual(found('#gen'), ['general']);
    assert.deepEqual(found('@ANN'), ['Ann Lee']);
    assert.deepEqual(found('  '), names);
  });

  it('finds somebody by any of their names', () => {
    assert.deepEqual(
      bestOf([{ shown: 'Ann', handle: 'lee42' }], 'lee', ({ shown, handle }) => [shown, handle]).length,
      1,
    );
  });
});
