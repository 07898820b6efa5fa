import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parley } from './support/processes.ts';

const commands: Readonly<Record<string, readonly string[]>> = {
  serve: ['--port', '--data', '--registration', 'PARLEY_DATA'],
  chat: ['--url', '--as', '--json', 'login', 'follow', 'send', 'PARLEY_TOKEN'],
  replay: ['--url', '--as', '--limit', '--connections', '--readers', '--rate', '--speed', '--timeout', '--json'],
  verify: ['--seconds', '--seed', '--json'],
  bench: ['--json'],
  migrate: ['--from', '--to'],
  keys: ['init', 'rotate', 'erase', 'backup', 'restore', '--keyring', '--destroy-old', 'PARLEY_KEYRING'],
};

describe('the command line', () => {
  for (const [command, words] of Object.entries(commands)) {
    it(`${command} --help lists what there is, and -h does the same`, async () => {
      const [long, short] = await Promise.all([parley([command, '--help']), parley([command, '-h'])]);
      assert.equal(long.code, 0, long.err);
      assert.match(long.out, new RegExp(`^Usage: parley ${command}`));
      for (const word of words) assert.ok(long.out.includes(word), `${word} is not in the help of ${command}`);
      assert.equal(short.out, long.out);
    });

    it(`${command} names an option that does not exist`, async () => {
      // A benchmark's options are its scenario's.
      const scenario = command === 'bench' ? ['fanout'] : [];
      const { code, err, out } = await parley([command, ...scenario, '--frobnicate']);
      assert.equal(code, 1);
      assert.match(err, /^parley: .*--frobnicate/);
      assert.equal(out, '');
    });
  }

  it('alone says what there is and fails; with --help it succeeds', async () => {
    const [alone, asked] = await Promise.all([parley([]), parley(['--help'])]);
    assert.deepEqual([alone.code, asked.code], [1, 0]);
    assert.equal(alone.out, asked.out);
    for (const command of Object.keys(commands)) assert.match(asked.out, new RegExp(`^ {2}${command} `, 'm'));
  });

  it('names a command that does not exist, and the ones that do', async () => {
    const { code, err } = await parley(['frobnicate']);
    assert.equal(code, 1);
    assert.match(err, /no command 'frobnicate'\. Commands: serve, chat/);
  });
});
