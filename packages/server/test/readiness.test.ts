import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { enduring, readiness, storeReadiness } from '../src/readiness.ts';
import { VirtualClock } from './virtual-clock.ts';

/** Engines that answer when told to. */
function stand() {
  const clock = new VirtualClock();
  const looks: PromiseWithResolvers<void>[] = [];
  const ready = readiness(() => {
    const look = Promise.withResolvers<void>();
    looks.push(look);
    return look.promise;
  }, clock);
  const answer = (index: number): void => looks[index]?.resolve();
  const fail = (index: number, reason: string): void => looks[index]?.reject(new Error(reason));
  /** What a balancer gets that waits this long. */
  const asked = async (ms: number): Promise<string> => {
    let said = 'nothing yet';
    void ready().then(
      () => (said = 'ready'),
      (error: unknown) => (said = String(error)),
    );
    clock.advance(ms);
    await turn();
    return said;
  };
  return { ready, looks, answer, fail, asked };
}

describe('whether a node is ready', () => {
  it('is found by looking, and by one look for all who ask at once', async () => {
    const { ready, looks, answer } = stand();
    const asking = [ready(), ready(), ready()];
    assert.equal(looks.length, 1);
    answer(0);
    await Promise.all(asking);
    const again = ready();
    assert.equal(looks.length, 2, 'an answer is not kept');
    answer(1);
    await again;
  });

  it('is not said before the engines have answered once', async () => {
    const { asked, answer, ready } = stand();
    assert.equal(await asked(5_000), 'nothing yet');
    answer(0);
    await ready();
  });

  it('stays as it was while engines are slow, until they have said nothing for ten seconds', async () => {
    const { ready, asked, answer, looks } = stand();
    const first = ready();
    answer(0);
    await first;
    assert.equal(await asked(1_000), 'ready');
    assert.equal(await asked(8_000), 'ready');
    assert.match(await asked(2_000), /not answered for 10 seconds/);
    assert.equal(looks.length, 2, 'nobody asks engines again that still have to answer');
    answer(1);
    await turn();
    const then = ready();
    answer(2);
    await then;
  });

  it('is refused with the reason, as soon as there is one', async () => {
    const { ready, asked, answer, fail } = stand();
    const first = ready();
    answer(0);
    await first;
    const second = ready();
    fail(1, 'the store cannot be reached');
    await assert.rejects(second, /cannot be reached/);
    assert.match(await asked(1_000), /cannot be reached/, 'the last answer, while the next is slow');
  });
});

describe('an engine that refuses', () => {
  it('is missed once it has refused for five seconds, counted from the beginning of the first time', async () => {
    const clock = new VirtualClock();
    let takesMs = 0;
    let isAway = true;
    const check = enduring(() => {
      clock.advance(takesMs);
      return isAway ? Promise.reject(new Error('refused')) : Promise.resolve();
    }, clock);
    await check();
    clock.advance(4_000);
    await check();
    clock.advance(1_000);
    await assert.rejects(check(), /refused/);
    isAway = false;
    await check();
    isAway = true;
    await check();
    isAway = false;
    await check();
    [isAway, takesMs] = [true, 5_000];
    await assert.rejects(check(), /refused/, 'one that says nothing for so long has had its time');
  });
});

describe('whether a node can use the store', () => {
  const away = (): Promise<void> => Promise.reject(new Error('no host'));

  it('is what the store says, where nodes do not tell each other', async () => {
    await assert.rejects(storeReadiness({}, away)(), /no host/);
    await storeReadiness({}, () => Promise.resolve())();
  });

  it('is not denied for a store that answers no node: none would serve its clients better', async () => {
    let isLeftOut = false;
    const canUse = storeReadiness({ isLeftOut: () => isLeftOut }, away);
    await canUse();
    isLeftOut = true;
    await assert.rejects(canUse(), /while it answers others/);
  });

  it('is denied at once, also while the store says nothing, until the others have heard that it does again', async () => {
    let isLeftOut = true;
    const canUse = storeReadiness({ isLeftOut: () => isLeftOut }, () => new Promise(() => undefined));
    await assert.rejects(canUse(), /while it answers others/);
    isLeftOut = false;
    await canUse();
  });
});
