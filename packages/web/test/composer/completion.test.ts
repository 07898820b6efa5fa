import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Profile, UserId } from '@parley/client';
import { suggest } from '../../src/composer/completion.ts';

const person = (name: string, displayName: string): Profile => ({
  id: `u_${name}` as UserId,
  name,
  displayName,
  color: 1,
  status: '',
  serverRole: 'member',
});
const members = [
  person('ann', 'Ann Lee'),
  person('ben', 'Ben Hall'),
  person('hal9000', 'Computer'),
  person('zoe', 'Zoë Chen'),
];
const me = 'u_zoe' as UserId;
const namesFor = (query: string, mass = false) => suggest(query, members, { me, mass }).map(({ name }) => name);

describe('what a begun @ may mean', () => {
  it('is everybody but oneself when nothing is written yet', () => {
    assert.deepEqual(namesFor(''), ['ann', 'ben', 'hal9000']);
  });

  it('prefers handles, then names, then words within names, whatever the case', () => {
    assert.deepEqual(namesFor('HAL'), ['hal9000', 'ben']);
    assert.deepEqual(namesFor('comp'), ['hal9000']);
    assert.deepEqual(namesFor('nobody'), []);
  });

  it('offers everybody at once only to who may call them', () => {
    assert.deepEqual(namesFor('he'), []);
    assert.deepEqual(namesFor('he', true), ['here']);
    assert.deepEqual(namesFor('', true), ['ann', 'ben', 'hal9000', 'here', 'all']);
  });

  it('stays a short list in a large room, and keeps a place for everybody', () => {
    const crowd = Array.from({ length: 500 }, (_, index) => person(`p${index}`, `Person ${index}`));
    const found = suggest('', crowd, { me, mass: true });
    assert.equal(found.length, 8);
    assert.deepEqual(
      found.slice(-2).map(({ name }) => name),
      ['here', 'all'],
    );
  });
});
