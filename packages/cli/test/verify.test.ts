import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createClient } from '@parley/client';
import { ServerProcess } from './support/processes.ts';
import { aMinute, runVerify } from './verify/run.ts';

describe('parley verify', { concurrency: 1 }, () => {
  it('finds every promise kept on the embedded engines, under all their faults', async () => {
    const { code, counts, line, said } = await runVerify(['--stack', 'embedded', ...aMinute]);
    assert.equal(code, 0, `${said}\n${line}`);
    assert.ok(Number(counts['acknowledged']) > 500, `hardly anything was tried: ${line}`);
    const kinds = Object.keys(Object(counts['recoveryMs']));
    for (const kind of ['kill', 'pause', 'restart', 'cut', 'blackhole', 'slow', 'full', 'clock', 'storm'])
      assert.ok(kinds.includes(kind), `no ${kind} happened: ${line}`);
  });

  it('checks a running server with accounts of its own, and leaves none of them behind', async () => {
    await using server = await ServerProcess.start();
    const { rest } = createClient({ url: server.url });
    await rest.signUp({ name: 'root', password: 'a fine pass phrase' });
    const whole = `--url ${server.url} --seconds 5 --rate 60 --members 5 --as`.split(' ');
    const { code, counts, line, said } = await runVerify([...whole, 'root:a fine pass phrase']);
    assert.equal(code, 0, `${said}\n${line}`);
    assert.ok(Number(counts['acknowledged']) > 20, `hardly anything was tried: ${line}`);
    const { token } = await rest.signIn({ name: 'root', password: 'a fine pass phrase' });
    await using client = createClient({ url: server.url, token });
    assert.deepEqual(await client.rest.users({ query: 'verify-' }), []);
    // The sign-up above and this sign-in: the verifier has ended its own.
    assert.equal((await client.rest.devices()).length, 2);
  });

  it('says what it does not know', async () => {
    for (const [args, message] of [
      [['--stack', 'mysql'], /no stack 'mysql'.*embedded/],
      [['--faults', 'flood'], /no fault 'flood'.*broker-kill/],
      [['--faults', 'broker-kill'], /'broker-kill' is not possible on this stack.*kill, pause/],
      [['--url', 'http://localhost:1'], /--as NAME:PASSWORD/],
    ] as const)
      await assert.rejects(runVerify(args), message, args.join(' '));
  });
});
