import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { execPath } from 'node:process';
import { describe, it } from 'node:test';
import { openBroker } from '../../src/broker/registry.ts';
import { silentLog } from '../../src/log.ts';
import { until } from '../until.ts';
import { Ledger, Recorder } from './conformance/ledger.ts';

const partitions = 4;

/** @param url of an installation of its own */
export function outlivesAKilledNode(url: string): void {
  describe('when a node is killed', () => {
    it('moves its partitions to the living, with what it had begun, and forgets it as a member', async () => {
      const node = spawn(
        execPath,
        ['--conditions=source', join(import.meta.dirname, 'consumer-process.ts'), url, `${partitions}`],
        {
          stdio: ['ignore', 'pipe', 'inherit'],
        },
      );
      const taken = new Set<string>();
      node.stdout.on('data', (chunk: Buffer) => {
        for (const line of chunk.toString().split('\n')) if (line !== '') taken.add(line);
      });
      const broker = await openBroker(url, { partitions, log: silentLog });
      try {
        await until('the node has everything', () => taken.size === partitions);
        const ledger = new Ledger();
        for (let partition = 0; partition < partitions; partition++) await ledger.publish(broker, partition, 20);
        let members = '';
        await broker.watchMembers((all) => {
          members = all.map(({ node: name }) => name).join(' ');
        });
        await until('it is seen', () => members === 'the one that is killed');
        const gone = new Promise((resolve) => node.once('exit', resolve));
        node.kill('SIGKILL');
        await gone;
        const heir = new Recorder('the heir', ledger);
        await broker.consume(heir, { maxBatch: 5 });
        await until('it is forgotten', () => members === '');
        await until(
          'all is consumed',
          () => ledger.isConsumed,
          () => [...heir.owned],
        );
        assert.deepEqual(ledger.violations, []);
      } finally {
        node.kill('SIGKILL');
        await broker.close();
      }
    });
  });
}
