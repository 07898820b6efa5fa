import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { openBroker } from '../../src/broker/registry.ts';
import { silentLog } from '../../src/log.ts';
import { EngineError } from '../../src/patience.ts';

/**
 * What an operator is told when a broker cannot be opened.
 * @param url an installation with 4 partitions, or one to make
 * @param nowhere where nothing listens
 */
export function refusesAtStart(name: string, url: string, nowhere: string): void {
  describe('at start', () => {
    const open = (given: string, partitions: number) =>
      openBroker(given, { partitions, log: silentLog, startWithinMs: 300 });

    it('says which engine cannot be reached, where, and how often it was tried', async () => {
      await assert.rejects(open(nowhere, 4), (error: Error) => {
        assert.ok(error instanceof EngineError, String(error));
        assert.match(
          error.message,
          new RegExp(`${name} at 127\\.0\\.0\\.1:1 cannot be reached: .*ECONNREFUSED.*Tried \\d`, 'is'),
        );
        return true;
      });
    });

    it('does not start on a log with another number of partitions', async () => {
      await (await open(url, 4)).close();
      for (const wrong of [3, 8])
        await assert.rejects(open(url, wrong), /4 partitions.*but \d are configured.*--partitions 4/s);
    });

    it('names an option of the URL that does not exist', async () => {
      await assert.rejects(open(`${url}&nonsense=1`, 4), /option “nonsense” that is not known/);
    });
  });
}
