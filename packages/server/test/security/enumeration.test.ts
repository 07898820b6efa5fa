import assert from 'node:assert/strict';
import crypto from 'node:crypto';
import { syncBuiltinESMExports } from 'node:module';
import { after, before, describe, it } from 'node:test';
import type { Stand } from '../node/stand.ts';

/** What each hash of a password cost. All else that a sign-in does is too short to be told from the noise of a network. */
const hashed: string[] = [];

describe('who measures how long a refused sign-in takes', () => {
  const { argon2 } = crypto;
  let stand: Stand;
  before(async () => {
    crypto.argon2 = (algorithm, parameters, done) => {
      const { memory, passes, parallelism, tagLength } = parameters;
      hashed.push(JSON.stringify({ algorithm, memory, passes, parallelism, tagLength }));
      argon2(algorithm, parameters, done);
    };
    syncBuiltinESMExports();
    // After that, since the server takes hold of it when it is loaded.
    const { Stand } = await import('../node/stand.ts');
    stand = await Stand.open();
  });
  after(async () => {
    await stand[Symbol.asyncDispose]();
    crypto.argon2 = argon2;
    syncBuiltinESMExports();
  });

  it('learns of no name: one hash of one cost is paid, whether somebody has it, nobody, or an account without a password', async () => {
    const ann = await stand.signUp('ann');
    const accounts = [{ name: 'robot' }];
    await stand.ask('POST', '/admin/accounts', { token: ann.token, body: { accounts } });
    const costOf = async (name: string): Promise<readonly string[]> => {
      hashed.length = 0;
      const { status } = await stand.ask('POST', '/sessions', { body: { name, password: 'a wrong pass phrase' } });
      assert.equal(status, 401);
      return [...hashed];
    };
    const ofSomebody = await costOf('ann');
    assert.equal(ofSomebody.length, 1);
    for (const name of ['nobody', 'robot', 'nobody here!']) assert.deepEqual(await costOf(name), ofSomebody, name);
  });
});
