import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { aMinute, runVerify } from './verify/run.ts';
import { sharedEngines } from './verify/shared-engines.ts';

for (const [stack, ...flags] of [['kafka-cassandra-redis', '--encrypted'], ['rabbitmq-mongodb-memcached']] as const) {
  describe(['parley verify', ...flags, 'on', stack].join(' '), { skip: sharedEngines(stack).skip }, () => {
    it('finds every promise kept by three nodes, under faults of theirs and of their lines to the engines', async () => {
      await using engines = await sharedEngines(stack).open();
      const { code, counts, line, said } = await runVerify([...engines.args, ...aMinute, '--members', '10', ...flags]);
      assert.equal(code, 0, `${said}\n${line}`);
      assert.ok(Number(counts['acknowledged']) > 100, `hardly anything was tried: ${line}`);
      const kinds = Object.keys(Object(counts['recoveryMs']));
      for (const kind of ['kill', 'pause', 'rolling', 'store-partition', 'store-cut', 'cache-partition'])
        assert.ok(kinds.includes(kind), `no ${kind} happened: ${line}`);
    });
  });
}
