import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { completionAt, mentionsIn, resolveName } from '../../src/state/mentions.ts';
import { ann, ben, profile } from './story.ts';

const byName = new Map([
  ['ann', profile(ann, 'ann')],
  ['ann.lee', profile(ben, 'Ann.Lee')],
]);

describe('a written name', () => {
  it('means the longest name that is somebody’s, without regard to case', () => {
    assert.equal(resolveName('ANN.lee', byName)?.profile.id, ben);
    assert.equal(resolveName('ann.', byName)?.length, 3);
    assert.equal(resolveName('ann.leeway', byName)?.profile.id, ann);
  });

  it('means nobody where it only begins like a name', () => {
    assert.equal(resolveName('anna', byName), undefined);
    assert.equal(resolveName('nobody', byName), undefined);
  });
});

describe('the people a text names', () => {
  it('are found once each, at the beginnings of words', () => {
    assert.deepEqual(mentionsIn('@ann and (@ann.lee), @ann again', byName), [ann, ben]);
  });

  it('are not those in addresses, in code, or in quotations of code', () => {
    for (const text of ['mail me@ann', '`@ann`', '```\n@ann\n```', '```\n@ann without an end', '@@ann'])
      assert.deepEqual(mentionsIn(text, byName), [], text);
  });

  it('are at most fifty, the server’s bound', () => {
    const many = new Map(Array.from({ length: 60 }, (_, at) => [`p${at}`, profile(`u_${at}` as typeof ann, `p${at}`)]));
    assert.equal(mentionsIn([...many.keys()].map((name) => `@${name}`).join(' '), many).length, 50);
  });

  it('never trip over a text', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('@', 'a', 'n', '.', '`', ' ', '\n', '-', 'é') }), (text) => {
        for (const id of mentionsIn(text, byName)) assert.ok(id === ann || id === ben);
      }),
    );
  });
});

describe('the completion of a name', () => {
  it('begins at the @ before the caret', () => {
    assert.deepEqual(completionAt('hello @an', 9), { start: 6, query: 'an' });
    assert.deepEqual(completionAt('@', 1), { start: 0, query: '' });
    assert.deepEqual(completionAt('@ann!', 3), { start: 0, query: 'an' });
  });

  it('is not offered in an address, nor after the word has ended', () => {
    assert.equal(completionAt('me@an', 5), undefined);
    assert.equal(completionAt('@ann ', 5), undefined);
  });
});
