import assert from 'node:assert/strict';
import { it } from 'node:test';
import { initialsOf } from '../../src/ui/initials.ts';
import { nextItem } from '../../src/ui/next-item.ts';

it('abbreviates a name by its first and last word, whole characters only', () => {
  assert.equal(initialsOf('Ann Lee'), 'AL');
  assert.equal(initialsOf('ann'), 'A');
  assert.equal(initialsOf('Ann van der Lee'), 'AL');
  assert.equal(initialsOf('👩‍🚀 zoe'), '👩‍🚀Z');
  assert.equal(initialsOf('...'), '');
});

it('moves through a menu by arrows, ends and first letters', () => {
  const labels = ['Reply', 'React', 'Copy link'];
  assert.equal(nextItem('ArrowDown', 2, labels), 0);
  assert.equal(nextItem('ArrowUp', 0, labels), 2);
  assert.equal(nextItem('Home', 2, labels), 0);
  assert.equal(nextItem('End', 0, labels), 2);
  assert.equal(nextItem('r', 0, labels), 1);
  assert.equal(nextItem('c', 0, labels), 2);
  assert.equal(nextItem('x', 0, labels), undefined);
  assert.equal(nextItem('Enter', 0, labels), undefined);
  assert.equal(nextItem('ArrowDown', 0, []), undefined);
});
