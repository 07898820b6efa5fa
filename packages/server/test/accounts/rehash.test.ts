import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { newUserId } from '@parley/protocol';
import { Accounts } from '../../src/accounts/index.ts';
import { hashPassword, isOutdated } from '../../src/accounts/passwords.ts';
import { withSqliteStore } from '../sqlite-store.ts';
import { VirtualClock } from '../virtual-clock.ts';

describe('a password whose hash costs less than hashes made now', () => {
  const store = withSqliteStore();

  it('is hashed anew at the next sign-in, once, and stays the password', async () => {
    const accounts = new Accounts({
      store: store(),
      clock: new VirtualClock(),
      registration: 'open',
      publicUrl: () => '',
      onRevoked: () => undefined,
      knowsEndings: () => true,
    });
    const passwordHash = await hashPassword('a fine pass phrase', { memory: 8_192, passes: 1, parallelism: 1 });
    const ann = { id: newUserId(), name: 'ann', displayName: 'Ann', color: 1, status: '', createdAt: 1 };
    await store().createAccount({ ...ann, serverRole: 'member', passwordHash });
    const hash = async (): Promise<string> => (await store().accountById(ann.id))?.passwordHash ?? '';
    const signIn = (password: string) => accounts.signIn({ name: 'ann', password }, '192.0.2.1');

    await assert.rejects(signIn('another phrase'), /wrong/);
    assert.equal(await hash(), passwordHash, 'a wrong password changes nothing');
    await signIn('a fine pass phrase');
    const renewed = await hash();
    assert.equal(isOutdated(renewed), false);
    await signIn('a fine pass phrase');
    assert.equal(await hash(), renewed);
  });
});
