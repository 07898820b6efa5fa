import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { runVerify } from './verify/run.ts';

describe('parley verify', { concurrency: 1 }, () => {
  it('finds every promise kept on the embedded engines, under all their faults', async () => {
    const { code, counts, line, said } = await runVerify(['--stack', 'embedded', '--seconds', '25']);
    assert.equal(code, 0, `${said}\n${line}`);
    assert.ok(Number(counts['acknowledged']) > 500, `hardly anything was tried: ${line}`);
    const kinds = Object.keys(Object(counts['recoveryMs']));
    for (const kind of ['kill', 'pause', 'restart', 'cut', 'blackhole', 'slow', 'full', 'clock', 'storm'])
      assert.ok(kinds.includes(kind), `no ${kind} happened: ${line}`);
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
