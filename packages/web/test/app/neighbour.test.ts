import assert from 'node:assert/strict';
import { it } from 'node:test';
import { neighbour } from '../../src/app/neighbour.ts';

it('goes from one conversation to the next, and around the ends', () => {
  const ids = ['a', 'b', 'c'];
  assert.equal(neighbour(ids, 'a', 1), 'b');
  assert.equal(neighbour(ids, 'c', 1), 'a');
  assert.equal(neighbour(ids, 'a', -1), 'c');
});

it('begins at an end where one is in none of them, and stays where there is none', () => {
  assert.equal(neighbour(['a', 'b'], undefined, 1), 'a');
  assert.equal(neighbour(['a', 'b'], 'elsewhere', -1), 'b');
  assert.equal(neighbour([], undefined, 1), undefined);
});
