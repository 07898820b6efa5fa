import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { limits, ParleyError } from '@parley/protocol';
import { refuseWeak } from '../../src/accounts/common-passwords.ts';
import { currentCost, hashPassword, isOutdated, isPassword } from '../../src/accounts/passwords.ts';

const cheap = { memory: 8_192, passes: 1, parallelism: 1 };
const isWeak = async (password: string, name = 'ann'): Promise<boolean> => {
  try {
    await refuseWeak(password, name);
    return false;
  } catch (error) {
    assert.ok(error instanceof ParleyError && error.code === 'weak-password');
    return true;
  }
};

describe('a password', () => {
  it('proves right against its own hash only, however it was typed', async () => {
    const hash = await hashPassword('a fine pass phrase');
    assert.notEqual(hash, await hashPassword('a fine pass phrase'), 'each hash has a nonce of its own');
    assert.equal(await isPassword('a fine pass phrase', hash), true);
    assert.equal(await isPassword('a fine pass phrasE', hash), false);
    assert.equal(await isPassword('café au lait', await hashPassword('cafe\u0301 au lait')), true);
  });

  it('is judged by the cost it was hashed with, and known to be due for a new hash when that is not the cost of now', async () => {
    const before = await hashPassword('a fine pass phrase', cheap);
    assert.equal(await isPassword('a fine pass phrase', before), true);
    assert.equal(await isPassword('another phrase', before), false);
    assert.equal(isOutdated(before), true);
    assert.equal(isOutdated(await hashPassword('a fine pass phrase')), false);
    assert.ok(before.includes('m=8192,t=1,p=1'));
    assert.ok(currentCost.memory >= 19_456 && currentCost.passes >= 2, 'OWASP’s least');
  });

  it('is nobody’s where the hash is missing or broken', async () => {
    const hash = await hashPassword('a fine pass phrase');
    for (const broken of [
      undefined,
      '',
      '$',
      hash.slice(0, -1),
      hash.slice(0, 40),
      hash.replace('argon2id', 'argon2i'),
    ])
      assert.equal(await isPassword('a fine pass phrase', broken), false, broken);
  });

  it('is refused when it is common, whatever its capitals and with a year or signs behind it', async () => {
    for (const password of [
      'password1',
      'PassWord1',
      'iloveyou',
      'ILOVEYOU!',
      'superman2024',
      'qwertyuiop',
      '1q2w3e4r5t',
    ])
      assert.equal(await isWeak(password), true, password);
  });

  it('is refused when it is short, long, the name, or the same characters again and again', async () => {
    for (const password of ['', 'short', 'x'.repeat(50), 'abababababab', 'a b c '.repeat(50)])
      assert.equal(await isWeak(password), true, password);
    assert.equal(await isWeak('ann.lovelace', 'Ann.Lovelace'), true);
    assert.equal(await isWeak('ann.lovelace1815', 'ann.lovelace'), true);
  });

  it('is taken when nobody would guess it first', async () => {
    for (const password of [
      'a fine pass phrase',
      'kettle-72-moth',
      'Пароль из слов',
      'x'.repeat(limits.minPasswordLength - 2) + 'yz',
    ])
      assert.equal(await isWeak(password), false, password);
  });
});
