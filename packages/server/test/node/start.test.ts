import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { after, before, describe, it } from 'node:test';
import { ConfigError, loadConfig } from '../../src/index.ts';
import { ServeProcess } from './process.ts';

describe('parley serve, started wrongly', () => {
  let folder = '';
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'parley-start-'));
  });
  after(() => rm(folder, { recursive: true }));

  /** Says one line that names the thing and the mend, and exits with 1. */
  const fails = async (
    flags: readonly string[],
    names: readonly string[],
    env: Readonly<Record<string, string>> = {},
  ): Promise<void> => {
    await using serving = new ServeProcess(flags, env);
    assert.equal(await serving.ended(30_000), 1, serving.stdout);
    assert.equal(serving.stdout, '');
    const lines = serving.stderr.trimEnd().split('\n');
    assert.equal(lines.length, 1, serving.stderr);
    for (const name of names) assert.ok(lines[0]?.includes(name), serving.stderr);
  };

  it('on a port that is taken', async () => {
    const taken = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => taken.once('listening', resolve));
    const port = String((taken.address() as AddressInfo).port);
    await fails(['--port', port, '--host', '127.0.0.1', '--data', join(folder, 'a')], [port, 'taken', '--port']);
    taken.close();
  });

  it('in a folder that cannot be made', async () => {
    // Under a file nobody may write, not even root, as which some machines run tests.
    const file = join(folder, 'file');
    await writeFile(file, '');
    await fails(['--port', '0', '--data', join(file, 'data')], [file, 'cannot be written', '--data']);
    if (existsSync('/proc')) await fails(['--port', '0', '--data', '/proc/x/y'], ['/proc/x/y', 'cannot be written']);
  });

  it('on a database from a newer version', async () => {
    const database = new DatabaseSync(join(folder, 'parley.db'));
    database.exec('PRAGMA user_version = 9999');
    database.close();
    await fails(['--port', '0', '--data', folder], [join(folder, 'parley.db'), 'newer version', '9999', 'backup']);
  });

  it('on data that another Parley is using', async () => {
    const data = join(folder, 'shared');
    await using first = new ServeProcess(['--port', '0', '--host', '127.0.0.1', '--data', data]);
    await first.ready();
    await fails(['--port', '0', '--host', '127.0.0.1', '--data', data], ['Another Parley', data, '--data']);
  });

  it('with a setting that is wrong, in a flag or the environment', async () => {
    await fails(['--prot', '80'], ['--prot', '--port']);
    await fails([], ['PARLEY_REGISTRATION', 'maybe', 'open, invite, closed'], { PARLEY_REGISTRATION: 'maybe' });
  });
});

describe('a wrong setting', () => {
  const refused = (
    flags: readonly string[],
    env: Readonly<Record<string, string>>,
    file: string,
    names: readonly string[],
  ): void => {
    const load = () => loadConfig(flags, env, () => file);
    assert.throws(load, (error) => {
      assert.ok(error instanceof ConfigError);
      for (const name of names) assert.ok(error.message.includes(name), error.message);
      return !error.message.includes('\n');
    });
  };

  it('names itself, what it takes, and where it came from', () => {
    refused(['--port', 'eighty'], {}, '', ['--port', 'eighty', 'not a number', 'NUMBER']);
    refused(['--port=70000'], {}, '', ['--port', '70000', '65535']);
    refused(['--port', ''], {}, '', ['--port']);
    refused([], { PORT: '8o' }, '', ['PORT', '8o']);
    refused(['--registration', 'maybe'], {}, '', ['--registration', 'open, invite, closed']);
    refused(['--broker', 'carrier-pigeon://loft'], {}, '', ['--broker', 'carrier-pigeon', 'memory:']);
    refused(['--store', 'punch-cards://drawer'], {}, '', ['--store', 'punch-cards', 'sqlite:']);
    refused(['--trust-proxy', 'perhaps'], {}, '', ['--trust-proxy', 'true or false']);
    refused(['--config', 'p.json'], {}, '{"port": "eighty"}', ['port', 'p.json', 'eighty']);
    refused([], { PARLEY_CONFIG: 'p.json' }, '{"port": [1]}', ['port', 'p.json']);
  });

  it('that is misspelt is told what was meant', () => {
    refused(['--registratoin', 'open'], {}, '', ['--registratoin', 'Did you mean --registration?']);
    refused(['--config', 'p.json'], {}, '{"registratoin": "open"}', ['p.json', 'Did you mean "registration"?']);
    refused(['--data'], {}, '', ['--data', 'needs a value']);
  });

  it('file that is none is said to be', () => {
    refused(['--config', 'p.json'], {}, 'port: 80', ['p.json', 'JSON']);
    refused(['--config', 'p.json'], {}, '[80]', ['p.json', 'one JSON object']);
  });

  it('is not noticed where a better source goes before it: flags, then environment, then file', () => {
    const env = { PORT: '81', PARLEY_CONFIG: 'p.json' };
    assert.equal(loadConfig(['--port', '80'], env, () => '{"port": 82}').port, 80);
    assert.equal(loadConfig([], env, () => '{"port": 82}').port, 81);
    assert.equal(loadConfig([], { PARLEY_CONFIG: 'p.json' }, () => '{"port": 82}').port, 82);
    assert.equal(loadConfig([], {}, () => '').port, 3000);
  });
});
