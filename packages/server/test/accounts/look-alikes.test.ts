import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import { newUserId, ParleyError, type UserId } from '@parley/protocol';
import { mixedWordIn, refuseLookAlike, skeletonOf } from '../../src/accounts/look-alikes.ts';
import { withSqliteStore } from '../sqlite-store.ts';

describe('what a name looks like', () => {
  it('is the same for letters of other alphabets in Latin’s shapes, invisible characters and capitals', () => {
    for (const twin of ['СОРА', 'сора', 'с\u200dо\u200cра']) assert.equal(skeletonOf(twin), 'copa', twin);
    assert.equal(skeletonOf('Ａlan  Turing '), 'alan turing');
  });

  it('is itself for names in one alphabet', () => {
    for (const name of ['josé', 'zoë', '李小龍', 'نیلوفر', 'paypa1']) assert.equal(skeletonOf(name), name);
  });
});

describe('a word of mixed alphabets', () => {
  it('is found where two alphabets share shapes', () => {
    for (const name of ['pаypal', 'Αda', 'Grace Hорper', 'миp', 'ρаul', 'ad\u200dа'])
      assert.notEqual(mixedWordIn(name), undefined, name);
  });

  it('is not a name of several words, each in its own alphabet, nor of scripts written together', () => {
    for (const name of ['Иван Smith', 'Ελένη (Helen)', '田中タロウ', '김Kim', 'R2D2', 'Zoë', 'O’Brien-Łódź', 'Ада_dev'])
      assert.equal(mixedWordIn(name), undefined, name);
  });
});

describe('a name that is made to look like somebody else’s', () => {
  const store = withSqliteStore();
  const ids = new Map<string, UserId>();
  before(async () => {
    for (const [name, displayName] of [
      ['copa', 'Copa'],
      ['ada.x', 'Ada X'],
      ['ivan', 'Иван'],
    ] as const) {
      const id = newUserId();
      ids.set(name, id);
      await store().createAccount({
        id,
        name,
        displayName,
        color: 1,
        status: '',
        serverRole: 'member',
        createdAt: 1,
      });
    }
  });
  const codeOf = async (shown: string, own?: UserId): Promise<string> => {
    try {
      await refuseLookAlike(store(), shown, own);
      return 'allowed';
    } catch (error) {
      assert.ok(error instanceof ParleyError);
      assert.equal(error.field, 'displayName');
      return error.code;
    }
  };

  it('is refused, by handle and by the name that is shown', async () => {
    assert.equal(await codeOf('Сора'), 'name-taken');
    assert.equal(await codeOf('Copа'), 'name-invalid');
  });

  it('is allowed to whom it belongs, and where nobody else has it', async () => {
    assert.equal(await codeOf('Сора', ids.get('copa')), 'allowed');
    assert.equal(await codeOf('Нора'), 'allowed');
    assert.equal(await codeOf('Иван'), 'allowed');
    assert.equal(await codeOf('Copa'), 'allowed', 'two people may have one name');
  });
});
