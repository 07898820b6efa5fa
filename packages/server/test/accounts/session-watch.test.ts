import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { ParleyError } from '@parley/protocol';
import { SessionWatch } from '../../src/accounts/session-watch.ts';
import { silentLog } from '../../src/log.ts';
import { VirtualClock } from '../virtual-clock.ts';

/** A store's list of endings, kept by hand, with every question it was asked. */
class Endings {
  readonly rows: { readonly id: string; readonly at: number }[] = [];
  questions = 0;
  isDown = false;

  sessionsEnded(from: number, to: number): Promise<string[]> {
    this.questions++;
    if (this.isDown) return Promise.reject(new ParleyError('unavailable'));
    return Promise.resolve(this.rows.filter(({ at }) => at >= from && at <= to).map(({ id }) => id));
  }
}

function open(openSessions: readonly string[] = []) {
  const clock = new VirtualClock();
  const store = new Endings();
  const ended: string[] = [];
  const used: (readonly string[])[] = [];
  const watch = new SessionWatch({
    store,
    clock,
    log: silentLog,
    onEnded: (sessions) => ended.push(...sessions),
    open: () => openSessions,
    used: (sessions) => {
      used.push(sessions);
      return Promise.resolve();
    },
  });
  watch.start();
  const pass = async (ms: number): Promise<void> => {
    for (let passed = 0; passed < ms; passed += 100) {
      clock.advance(Math.min(100, ms - passed));
      await turn();
    }
  };
  return { clock, store, ended, used, watch, pass };
}

describe('the watch over sessions that end elsewhere', () => {
  it('hears of every ending within a second, once, without any message', async () => {
    const { clock, store, ended, pass } = open();
    await pass(700);
    for (const id of ['one', 'two', 'three']) {
      store.rows.push({ id, at: clock.now() });
      await pass(1_000);
      assert.equal(ended.at(-1), id);
    }
    await pass(60_000);
    assert.deepEqual(ended, ['one', 'two', 'three']);
  });

  it('hears of those that were ended by a node whose clock is seconds off, or written late', async () => {
    const { clock, store, ended, pass } = open();
    await pass(2_000);
    store.rows.push({ id: 'behind', at: clock.now() - 4_000 }, { id: 'ahead', at: clock.now() + 4_000 });
    await pass(1_000);
    assert.deepEqual(ended, ['behind', 'ahead']);
    await pass(60_000);
    assert.deepEqual(ended, ['behind', 'ahead']);
  });

  it('asks one question for any number of sessions', async () => {
    const { store, pass } = open(Array.from({ length: 10_000 }, (_, index) => `session ${index}`));
    await pass(4_000);
    assert.equal(store.questions, 10);
  });

  it('is not relied on while the store does not answer, and misses nothing of the time in between', async () => {
    const { clock, store, ended, watch, pass } = open();
    assert.equal(watch.isFresh, false, 'before the first answer');
    await pass(500);
    assert.equal(watch.isFresh, true);
    store.isDown = true;
    store.rows.push({ id: 'one', at: clock.now() + 1 });
    await pass(1_000);
    assert.equal(watch.isFresh, false);
    await pass(600_000);
    store.isDown = false;
    await pass(500);
    assert.equal(watch.isFresh, true);
    assert.deepEqual(ended, ['one']);
  });

  it('notes open sockets as use, a few at a time', async () => {
    const all = Array.from({ length: 120 }, (_, index) => `session ${index}`);
    const { used, pass } = open(all);
    await pass(15 * 60_000 + 500);
    assert.deepEqual(used.flat(), all);
    assert.ok(used.every((batch) => batch.length <= 50));
  });

  it('stops', async () => {
    const { store, watch, pass } = open();
    await pass(1_000);
    watch.stop();
    const { questions } = store;
    await pass(5_000);
    assert.equal(store.questions, questions);
  });
});
