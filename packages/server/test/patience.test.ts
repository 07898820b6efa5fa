import assert from 'node:assert/strict';
import { describe, it, mock } from 'node:test';
import { silentLog } from '../src/log.ts';
import { EngineError, untilReachable } from '../src/patience.ts';

const engine = 'The engine';

describe('waiting for an engine', () => {
  it('tries until it is there, though the clock is set an hour ahead meanwhile', async () => {
    const now = Date.now.bind(Date);
    const clock = mock.method(Date, 'now', () => now() + 3_600_000 * clock.mock.callCount());
    try {
      let attempts = 0;
      const found = await untilReachable({ engine, log: silentLog }, async () => {
        Date.now();
        if (++attempts < 3) throw new Error('refused');
        return 'there';
      });
      assert.deepEqual([found, attempts], ['there', 3]);
    } finally {
      clock.mock.restore();
    }
  });

  it('says what it tried, for how long, and why in vain', async () => {
    const trying = untilReachable({ engine, log: silentLog, startWithinMs: 300 }, async () => {
      throw new Error('connect ECONNREFUSED');
    });
    await assert.rejects(trying, /The engine cannot be reached: connect ECONNREFUSED\. Tried \d+ times/);
  });

  it('does not try again what trying does not mend', async () => {
    let attempts = 0;
    const trying = untilReachable({ engine, log: silentLog }, async () => {
      attempts++;
      throw new EngineError('The engine refuses the password.');
    });
    await assert.rejects(trying, /refuses the password/);
    assert.equal(attempts, 1);
  });
});
