import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { vaultToken } from '../../../../scripts/engines/vault.ts';
import { memoryKeyring } from '../../src/encryption/keyring/memory.ts';
import type { Keyring } from '../../src/encryption/keyring/port.ts';
import { openKeyring } from '../../src/encryption/keyring/registry.ts';
import { engineUrl } from '../engines.ts';
import { Transit } from './transit.ts';

const context = 'parley data key c_1/00000001';

/** Built only when it is asked for by name, since that takes long: this one test may be skipped everywhere. */
const vaultUrl = engineUrl('vault');
const skipVault = vaultUrl === undefined && 'vault is not running: npm run engines -- up vault';

/** What every keyring promises (see the port). */
function keepsItsPromises(name: string, open: () => Promise<Keyring>, skip: string | false = false): void {
  describe(`a keyring ${name}`, { skip }, () => {
    it('opens what it wrapped, under the same context only', async () => {
      const keyring = await open();
      const key = randomBytes(32);
      const wrapped = await keyring.wrap(key, context);
      assert.ok(!wrapped.includes(key.toString('base64').slice(0, 20)));
      assert.deepEqual(await keyring.unwrap(wrapped, context), key);
      assert.equal(await keyring.unwrap(wrapped, `${context} `), undefined);
    });

    it('does not open what was changed, or is no wrapped key', async () => {
      const keyring = await open();
      const wrapped = await keyring.wrap(randomBytes(32), context);
      const at = wrapped.length - 6;
      const changed = wrapped.slice(0, at) + (wrapped[at] === 'A' ? 'B' : 'A') + wrapped.slice(at + 1);
      for (const text of [changed, '', 'x', 'm1:', 'm0:AAAA', 'vault:v1:', 'tea'])
        assert.equal(await keyring.unwrap(text, context), undefined, text);
    });

    it('rotated, wraps under the new version and opens the old one, until that is destroyed', async () => {
      const keyring = await open();
      const key = randomBytes(32);
      const old = await keyring.wrap(key, context);
      const before = (await keyring.versions()).current;
      assert.equal(keyring.versionOf(old), before);
      const current = await keyring.advance();
      assert.equal(current, before + 1);
      const fresh = await keyring.wrap(key, context);
      assert.equal(keyring.versionOf(fresh), current);
      assert.deepEqual(await keyring.unwrap(old, context), key);
      await keyring.destroyBelow(current);
      assert.deepEqual((await keyring.versions()).all, [current]);
      await assert.rejects(keyring.unwrap(old, context), { name: 'KeyringError' });
      assert.deepEqual(await keyring.unwrap(fresh, context), key);
    });
  });
}

describe('keyrings', () => {
  let folder = '';
  let transit: Transit;
  let files = 0;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'parley-keyrings-'));
    transit = await Transit.start();
  });
  after(async () => {
    await transit[Symbol.asyncDispose]();
    await rm(folder, { recursive: true });
  });
  const vault = (env: Readonly<Record<string, string>> = { VAULT_TOKEN: transit.token }) =>
    openKeyring(`vault:${transit.url}`, env);

  keepsItsPromises('in memory', () => Promise.resolve(memoryKeyring()));
  keepsItsPromises('in a file', async () => {
    const keyring = openKeyring(`file:${join(folder, `${++files}.json`)}`);
    await keyring.init();
    return keyring;
  });
  keepsItsPromises('in Vault', async () => {
    await vault().init();
    return vault();
  });

  const realVault = (key: string, env: Readonly<Record<string, string>> = { VAULT_TOKEN: vaultToken }) =>
    openKeyring(`${vaultUrl?.replace(/[^/]+$/, '')}${key}`, env);
  const someKey = () => `test-${randomBytes(6).toString('hex')}`;
  keepsItsPromises(
    'in a real Vault',
    async () => {
      const key = someKey();
      await realVault(key).init();
      return realVault(key);
    },
    skipVault,
  );

  it('in a real Vault says what is missing there: the key, the mount, the right', { skip: skipVault }, async () => {
    const key = someKey();
    await assert.rejects(realVault(key).versions(), /does not exist\. Make it with: parley keys init/);
    await realVault(key).init();
    await realVault(key).init();
    assert.deepEqual(await realVault(key).versions(), { current: 1, all: [1] }, 'init never makes another key');
    const elsewhere = openKeyring(`${vaultUrl?.replace('/transit/', '/nowhere/')}`, { VAULT_TOKEN: vaultToken });
    for (const asking of [() => elsewhere.versions(), () => elsewhere.init()])
      await assert.rejects(asking, /has nothing at nowhere .*vault secrets enable -path=nowhere transit/);
    await assert.rejects(realVault(key, { VAULT_TOKEN: 'hvs.wrong' }).versions(), /refuses this token .*Grant it/);
    const wrapped = await realVault(key).wrap(randomBytes(32), context);
    const other = someKey();
    await realVault(other).init();
    assert.equal(await realVault(other).unwrap(wrapped, context), undefined, 'another key opens nothing');
  });

  it('in a file is seen by every process that has it open, as soon as it changed', async () => {
    const url = `file:${join(folder, 'shared.json')}`;
    const [ours, theirs] = [openKeyring(url), openKeyring(url)];
    await ours.init();
    const key = randomBytes(32);
    await theirs.wrap(key, context);
    await ours.advance();
    const wrapped = await ours.wrap(key, context);
    assert.deepEqual(await theirs.unwrap(wrapped, context), key);
  });

  it('in a file that is not there, or damaged, says so and what to do', async () => {
    await assert.rejects(
      openKeyring(`file:${join(folder, 'none.json')}`).versions(),
      /cannot be read.*parley keys init/,
    );
    const path = join(folder, 'damaged.json');
    for (const content of ['', '{', '{}', '{"current":2,"keys":{"1":"x"}}', '{"current":1,"keys":{"1":"short"}}']) {
      await writeFile(path, content);
      await assert.rejects(
        openKeyring(`file:${path}`).wrap(randomBytes(32), context),
        { name: 'KeyringError' },
        content,
      );
    }
    assert.doesNotMatch(await readFile(path, 'utf8'), /new/, 'and is not touched');
  });

  it('in the environment has the last key current, and says what to set instead of changing it', async () => {
    const [one, two] = [randomBytes(32), randomBytes(32)].map((key) => key.toString('base64url'));
    const first = openKeyring('env:KEYS', { KEYS: `1:${one}` });
    const both = openKeyring('env:KEYS', { KEYS: `1:${one},2:${two}` });
    const key = randomBytes(32);
    assert.deepEqual(await both.unwrap(await first.wrap(key, context), context), key);
    assert.equal(both.versionOf(await both.wrap(key, context)), 2);
    await assert.rejects(both.advance(), /first set KEYS to 3:/);
    assert.match((await both.destroyBelow(2)) ?? '', /Take 1 out of KEYS/);
    await assert.rejects(openKeyring('env:KEYS', {}).versions(), /KEYS is empty/);
    await assert.rejects(openKeyring('env:KEYS', { KEYS: 'tea' }).versions(), /not of the form/);
  });

  it('in Vault is unavailable, not wrong, while Vault is sealed, limits or cannot be reached', async () => {
    await vault().init();
    const wrapped = await vault().wrap(randomBytes(32), context);
    for (const status of [429, 500, 502, 503, 472]) {
      transit.failsWith = status;
      await assert.rejects(vault().unwrap(wrapped, context), { code: 'unavailable' }, String(status));
    }
    transit.failsWith = undefined;
    const nobody = openKeyring('vault:http://127.0.0.1:1/transit/parley', { VAULT_TOKEN: 'x' });
    await assert.rejects(nobody.unwrap(wrapped, context), { code: 'unavailable' });
  });

  it('in Vault takes its token from a file each time, and says what a refused one needs', async () => {
    await vault().init();
    const file = join(folder, 'token');
    await writeFile(file, 'wrong\n');
    const keyring = vault({ VAULT_TOKEN_FILE: file });
    await assert.rejects(keyring.versions(), /refuses this token \(permission denied\)\. Grant/);
    await writeFile(file, `${transit.token}\n`);
    assert.ok((await keyring.versions()).current >= 1);
    await assert.rejects(vault({}).versions(), /needs a token: set VAULT_TOKEN/);
  });

  it('are named by URLs, and what is none is refused with the forms there are', () => {
    for (const url of ['tea', 'file:', 'redis://x', 'vault:', 'vault:tea', 'vault:https://host:8200/parley'])
      assert.throws(() => openKeyring(url), { name: 'KeyringError' }, url);
  });
});
