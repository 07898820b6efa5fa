import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execPath, platform } from 'node:process';
import { after, before, describe, it } from 'node:test';
import { createClient } from '@parley/client';
import { Secret, TOTP } from 'otpauth';
import { parley, ServerProcess } from '../support/processes.ts';

const password = 'a fine pass phrase';
const main = join(import.meta.dirname, '../../src/main.ts');
const quoted = (word: string): string => `'${word}'`;

describe('parley chat, of an account with a second step', () => {
  let server: ServerProcess;
  let folder = '';
  let recovery: string[] = [];
  before(async () => {
    server = await ServerProcess.start();
    folder = await mkdtemp(join(tmpdir(), 'parley-second-'));
    const { token } = await createClient({ url: server.url }).rest.signUp({ name: 'ann', password });
    const { rest } = createClient({ url: server.url, token });
    const { secret } = await rest.beginOneTimeCodes(password);
    recovery = await rest.confirmOneTimeCodes(TOTP.generate({ secret: Secret.fromBase32(secret) }));
  });
  after(async () => {
    await server[Symbol.asyncDispose]();
    await rm(folder, { recursive: true });
  });

  /** On a terminal of its own, answers each question with the next of the codes. */
  async function login(codes: readonly string[]): Promise<{ readonly code: number; readonly shown: string }> {
    const words = ['chat', 'login', '--as', `ann:${password}`, '--url', server.url];
    const command = [execPath, '--conditions=source', main, ...words].map(quoted).join(' ');
    const child = spawn('script', ['--quiet', '--return', '--command', command, '/dev/null'], {
      env: { ...process.env, XDG_CONFIG_HOME: folder, PARLEY_TOKEN: '', NO_COLOR: '1' },
    });
    let shown = '';
    let asked = 0;
    child.stdout.on('data', (chunk: Buffer) => {
      shown += String(chunk);
      while (shown.split('recovery code: ').length - 1 > asked) child.stdin.write(`${codes[asked++] ?? '\u0003'}\r`);
    });
    const [code] = (await once(child, 'close')) as [number];
    return { code, shown };
  }

  // `script` of util-linux, which gives a command a terminal; others take other words.
  const skip = platform !== 'linux' && 'needs the `script` of Linux';

  it('asks for a code, again after a wrong one, and shows neither', { skip }, async () => {
    const [right = ''] = recovery;
    const { code, shown } = await login(['000000', right]);
    assert.match(shown, /Code of ann's authenticator app, or a recovery code: \r?\nThis code is wrong/);
    assert.match(shown, /Signed in to \S+ as ann\./);
    assert.equal(code, 0);
    assert.ok(!shown.includes(right) && !shown.includes('000000'), shown);
    assert.equal((await parley(['chat', 'list'], { env: { XDG_CONFIG_HOME: folder } })).code, 0);
  });

  it('gives up after three wrong ones, and when nothing is given', { skip }, async () => {
    const wrong = await login(['000000', '000000', '000000', recovery[1] ?? '']);
    assert.equal(wrong.code, 1);
    assert.match(wrong.shown, /parley: This code is wrong/);
    const thought = await login([]);
    assert.equal(thought.code, 1);
    assert.match(thought.shown, /Nothing was given/);
  });

  it('tells programs, which have no terminal, of tokens', async () => {
    const { code, err } = await parley(['chat', 'list', '--as', `ann:${password}`, '--url', server.url]);
    assert.equal(code, 1);
    assert.match(err, /^parley: There is no terminal to ask for the code of ann's [^\n]+ set PARLEY_TOKEN\.\n$/);
  });
});
