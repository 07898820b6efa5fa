import assert from 'node:assert/strict';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { createClient } from '@parley/client';
import { loadConfig, type Node, startNode } from '@parley/server';
import { Secret, TOTP } from 'otpauth';
import { parley } from './support/processes.ts';

describe('parley admin, of accounts and the audit log', () => {
  let folder = '';
  let node: Node;
  let token = '';
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'parley-admin-'));
    const argv = ['--port', '0', '--host', '127.0.0.1', '--data', folder, '--log-level', 'silent'];
    node = await startNode(loadConfig([...argv, '--registration', 'open'], {}, () => '{}'));
    const { rest } = createClient({ url: node.url });
    ({ token } = await rest.signUp({ name: 'root', password: 'a fine pass phrase' }));
    await rest.signUp({ name: 'ann', password: 'a fine pass phrase' });
  });
  after(async () => {
    await node.stop();
    await rm(folder, { recursive: true });
  });
  const admin = (...words: string[]) =>
    parley(['admin', ...words, '--url', node.url], { env: { PARLEY_TOKEN: token, XDG_CONFIG_HOME: folder } });

  it('exports an account to a file, deletes it when told twice, and tells of both in the audit log', async () => {
    const file = join(folder, 'ann.ndjson');
    const exported = await admin('export-account', 'Ann', '--out', file);
    assert.equal(exported.code, 0, exported.err);
    const [profile] = (await readFile(file, 'utf8'))
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line) as object);
    assert.deepEqual(profile && { ...profile }, { ...profile, type: 'profile', name: 'ann' });

    const careless = await admin('delete-account', 'ann');
    assert.equal(careless.code, 1);
    assert.match(careless.err, /--yes/);
    assert.equal((await admin('delete-account', 'ann', '--yes')).out, '@ann is deleted.\n');
    const gone = await admin('delete-account', 'ann', '--yes');
    assert.match(gone.err, /no account named ann/);

    const { out, code } = await admin('audit', '--json');
    assert.equal(code, 0);
    const acts = out
      .split('\n')
      .slice(0, -1)
      .map((line) => (JSON.parse(line) as { act: string }).act);
    for (const act of ['account.exported', 'account.deleted', 'account.made', 'node.started'])
      assert.ok(acts.includes(act), act);
    assert.match(
      (await admin('audit')).out,
      /account\.deleted\s+by @root about @deleted-\S+ from 127\.0\.0\.1 written=keep/,
    );
  });

  it('takes a lost authenticator app off, at the running server', async () => {
    const ben = await createClient({ url: node.url }).rest.signUp({ name: 'ben', password: 'a fine pass phrase' });
    const { rest } = createClient({ url: node.url, token: ben.token });
    const { secret } = await rest.beginOneTimeCodes('a fine pass phrase');
    await rest.confirmOneTimeCodes(TOTP.generate({ secret: Secret.fromBase32(secret) }));
    const wish = { name: 'ben', password: 'a fine pass phrase' };
    await assert.rejects(rest.signIn(wish), { code: 'code-needed' });
    const { code, out, err } = await admin('remove-factors', 'ben', '--codes');
    assert.equal(code, 0, err);
    assert.match(out, /^Taken off @ben: an authenticator app, 0 passkeys\./);
    assert.equal((await rest.signIn(wish)).user.name, 'ben');
  });

  it('writes the audit log to a file, never over one, and checks its chain', async () => {
    const file = join(folder, 'audit.ndjson');
    assert.equal((await admin('audit', '--json', '--out', file)).code, 0);
    const entries = (await readFile(file, 'utf8')).split('\n').slice(0, -1);
    assert.ok(entries.length > 3 && entries.every((line) => 'hash' in (JSON.parse(line) as object)));
    assert.match((await admin('audit', '--json', '--out', file)).err, /EEXIST/);
    const { code, out } = await admin('audit', '--check');
    assert.deepEqual([code, /^\d+ entries of \d+ nodes; 0 faults\n$/.test(out)], [0, true], out);
  });

  it('says who has to sign in, and what is not understood', async () => {
    const stranger = await parley(['admin', 'audit', '--url', node.url], { env: { XDG_CONFIG_HOME: folder } });
    assert.match(stranger.err, /Nobody is signed in/);
    assert.match((await admin('export-account')).err, /admin takes/);
  });
});
