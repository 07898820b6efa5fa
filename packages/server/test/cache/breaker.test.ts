import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createBreaker, newCounters } from '../../src/cache/breaker.ts';
import { VirtualClock } from '../virtual-clock.ts';

const refused = (): Promise<string> => Promise.reject(new Error('connection refused'));
const hanging = (): Promise<string> => new Promise(() => undefined);

function setUp() {
  const clock = new VirtualClock();
  const counters = newCounters();
  const breaker = createBreaker({ clock, counters, timeoutMs: 50 });
  let asked = 0;
  const ask = (operation: () => Promise<string>) =>
    breaker(() => {
      asked++;
      return operation();
    }, 'miss');
  return { clock, counters, ask, asked: () => asked };
}

describe('the breaker of a cache', () => {
  it('answers otherwise when the engine fails, and never rejects', async () => {
    const { ask, counters } = setUp();
    assert.equal(await ask(() => Promise.resolve('hit')), 'hit');
    assert.equal(await ask(refused), 'miss');
    assert.equal(counters.failures, 1);
  });

  it('waits for an answer no longer than its time', async () => {
    const { ask, clock, counters } = setUp();
    const answer = ask(hanging);
    clock.advance(49);
    assert.equal(counters.failures, 0);
    clock.advance(1);
    assert.equal(await answer, 'miss');
  });

  it('leaves an engine alone that failed five times in a row, and lets one operation a second try it again', async () => {
    const { ask, asked, clock, counters } = setUp();
    for (let failure = 0; failure < 5; failure++) await ask(refused);
    assert.equal(asked(), 5);
    await ask(() => Promise.resolve('hit'));
    assert.deepEqual([asked(), counters.skipped], [5, 1]);
    clock.advance(1_000);
    const trying = ask(hanging);
    assert.equal(await ask(() => Promise.resolve('hit')), 'miss', 'one tries, the others do without');
    assert.equal(asked(), 6);
    clock.advance(50);
    assert.equal(await trying, 'miss');
    clock.advance(1_000);
    assert.equal(await ask(() => Promise.resolve('hit')), 'hit');
    assert.equal(await ask(() => Promise.resolve('hit')), 'hit', 'and all are let through again');
  });

  it('forgives a failure between successes', async () => {
    const { ask, counters } = setUp();
    for (let turn = 0; turn < 20; turn++) {
      await ask(refused);
      assert.equal(await ask(() => Promise.resolve('hit')), 'hit');
    }
    assert.equal(counters.skipped, 0);
  });
});
