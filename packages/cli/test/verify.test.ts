import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { runVerify } from './verify/run.ts';
import { sharedEngines } from './verify/shared-engines.ts';

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

for (const stack of ['kafka-cassandra-redis', 'rabbitmq-mongodb-memcached'] as const) {
  describe(`parley verify on ${stack}`, { skip: sharedEngines(stack).skip }, () => {
    it('finds every promise kept by three nodes, under faults of theirs and of their lines to the engines', async () => {
      await using engines = await sharedEngines(stack).open();
      const options = '--seconds 20 --members 8 --rate 40'.split(' ');
      const { code, counts, line, said } = await runVerify([...engines.args, ...options]);
      assert.equal(code, 0, `${said}\n${line}`);
      assert.ok(Number(counts['acknowledged']) > 100, `hardly anything was tried: ${line}`);
      const kinds = Object.keys(Object(counts['recoveryMs']));
      for (const kind of ['kill', 'pause', 'rolling', 'store-partition', 'store-cut', 'cache-partition'])
        assert.ok(kinds.includes(kind), `no ${kind} happened: ${line}`);
    });
  });
}
