import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { createClient } from '@parley/client';
import { loadConfig, type Node, startNode } from '@parley/server';
import { parley } from './support/processes.ts';

describe('parley admin reset-password', () => {
  let folder = '';
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'parley-reset-'));
  });
  after(() => rm(folder, { recursive: true }));

  const start = (): Promise<Node> => {
    const argv = ['--port', '0', '--host', '127.0.0.1', '--data', folder, '--log-level', 'silent'];
    return startNode(loadConfig(argv, {}, () => '{}'));
  };
  const reset = (name: string) => parley(['admin', 'reset-password', name, '--store', `sqlite:${folder}/parley.db`]);

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
});
