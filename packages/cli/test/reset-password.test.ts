import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { createClient } from '@parley/client';
import { loadConfig, type Node, startNode } from '@parley/server';
import { Secret, TOTP } from 'otpauth';
import { parley } from './support/processes.ts';

describe('parley admin, with the store in its hands', () => {
  let folder = '';
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'parley-reset-'));
  });
  after(() => rm(folder, { recursive: true }));

  const start = (): Promise<Node> => {
    const argv = ['--port', '0', '--host', '127.0.0.1', '--data', folder, '--log-level', 'silent'];
    return startNode(loadConfig(argv, {}, () => '{}'));
  };
  const atStore = (...words: string[]) => parley(['admin', ...words, '--store', `sqlite:${folder}/parley.db`]);
  const reset = (name: string) => atStore('reset-password', name);

  it('lets an owner in again who has forgotten the password, and says what is wrong', async () => {
    const first = await start();
    try {
      await createClient({ url: first.url }).rest.signUp({ name: 'ann', password: 'a fine pass phrase' });
      const busy = await reset('ann');
      assert.equal(busy.code, 1);
      assert.match(busy.err, /Another Parley is using/);
    } finally {
      await first.stop();
    }

    const unknown = await reset('nobody');
    assert.deepEqual([unknown.code, unknown.out], [1, '']);
    assert.match(unknown.err, /no account @nobody/);
    const { code, out, err } = await reset('ann');
    assert.equal(code, 0, err);
    const token = /\/reset#(\S+)\n$/.exec(out)?.[1] ?? '';

    const second = await start();
    try {
      const { rest } = createClient({ url: second.url });
      await rest.redeemPasswordReset({ token, password: 'another fine phrase' });
      assert.equal((await rest.signIn({ name: 'ann', password: 'another fine phrase' })).user.name, 'ann');
    } finally {
      await second.stop();
    }
  });

  it('lets an owner in again who has lost the authenticator app, and tells of it in the audit log', async () => {
    const wish = { name: 'ann', password: 'another fine phrase' };
    const first = await start();
    try {
      const { token } = await createClient({ url: first.url }).rest.signIn(wish);
      const { rest } = createClient({ url: first.url, token });
      const { secret } = await rest.beginOneTimeCodes(wish.password);
      await rest.confirmOneTimeCodes(TOTP.generate({ secret: Secret.fromBase32(secret) }));
    } finally {
      await first.stop();
    }
    const { code, out, err } = await atStore('remove-factors', 'ann');
    assert.equal(code, 0, err);
    assert.match(out, /an authenticator app, 0 passkeys\. Every session/);
    const second = await start();
    try {
      const { token } = await createClient({ url: second.url }).rest.signIn(wish);
      const { entries } = await createClient({ url: second.url, token }).rest.audit();
      const told = entries.map(({ act, detail }) => [act, detail?.['by']].join(' '));
      for (const each of ['password.reset operator', 'credential.removed operator'])
        assert.ok(told.includes(each), told.join(', '));
    } finally {
      await second.stop();
    }
  });
});
