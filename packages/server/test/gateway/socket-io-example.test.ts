import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { it } from 'node:test';
import { Stand } from '../node/stand.ts';
import { until } from '../until.ts';

it('the example of docs/socket-io.md says what it says, and hears what others say', async () => {
  const page = await readFile(new URL('../../../../docs/socket-io.md', import.meta.url), 'utf8');
  const code = /```js\n([\s\S]+?)```/.exec(page)?.[1];
  assert.ok(code !== undefined);
  await using stand = await Stand.open();
  const [ann, ben] = [await stand.signUp('ann'), await stand.signUp('ben')];
  const stream = await stand.group(ann, [ben]);
  await stand.command(ben, stream, { type: 'post', text: 'Anybody here?' });
  const example: ChildProcess = spawn(process.execPath, ['--input-type=module', '--eval', code], {
    cwd: import.meta.dirname,
    env: { PARLEY_URL: stand.node.url, PARLEY_TOKEN: ann.token, STREAM: stream },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let said = '';
  example.stdout?.on('data', (data: Buffer) => (said += String(data)));
  const shows = (text: string): Promise<void> =>
    until(
      `it shows ${text}`,
      () => said.includes(text),
      () => said,
    );
  await shows(`${ben.id}: Anybody here?`);
  await shows('stored as 3');
  await shows(`${ann.id}: Tea at four?`);
  await stand.command(ben, stream, { type: 'post', text: 'With milk.' });
  await shows(`${ben.id}: With milk.`);
  example.kill();
  await once(example, 'exit');
});
