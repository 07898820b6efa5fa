import assert from 'node:assert/strict';
import { resolve } from 'node:path';
import { describe, it } from 'node:test';
import { checkLicences, isAllowed, licenceFaults } from './rules/licenses.ts';

describe('the licences of what Parley is built on', () => {
  it('are all among those that are allowed', () => {
    const { count, faults } = checkLicences(resolve(import.meta.dirname, '..'));
    assert.ok(count > 100, `${count} packages`);
    assert.deepEqual(faults, []);
  });

  it('are read as SPDX has them: one of several to choose from, all of several that hold together', () => {
    assert.ok(isAllowed('(MIT OR GPL-3.0)', false));
    assert.ok(isAllowed('MIT AND ISC', false));
    for (const expression of ['GPL-3.0', 'MIT AND GPL-3.0', 'SEE LICENSE IN LICENSE', 'UNLICENSED', ''])
      assert.ok(!isAllowed(expression, true), expression);
  });

  it('would be noticed where they are not: a strange one, none at all, and a tool’s in what is given on', () => {
    const lock = {
      '': { license: 'Apache-2.0' },
      'packages/server': {},
      'node_modules/good': { license: 'MIT' },
      'node_modules/strange': { license: 'SSPL-1.0' },
      'node_modules/a/node_modules/silent': {},
      'node_modules/old': {},
      'node_modules/tool': { license: 'MPL-2.0', dev: true },
      'node_modules/part': { license: 'MPL-2.0' },
      'node_modules/own': { link: true },
    };
    const manifests = (path: string) => (path.endsWith('old') ? { licenses: [{ type: 'MIT' }] } : undefined);
    assert.deepEqual(licenceFaults(lock, manifests), [
      'strange has the licence SSPL-1.0',
      'silent states no licence',
      'part has the licence MPL-2.0',
    ]);
  });
});
