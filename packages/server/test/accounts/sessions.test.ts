import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { newUserId } from '@parley/protocol';
import { idleMs, longestMs, Sessions } from '../../src/accounts/sessions.ts';
import type { RecordStore, Store } from '../../src/store/port.ts';
import { withSqliteStore } from '../sqlite-store.ts';
import { VirtualClock } from '../virtual-clock.ts';

const dayMs = 86_400_000;

describe('sessions', () => {
  const store = withSqliteStore();

  const person = async (): Promise<ReturnType<typeof newUserId>> => {
    const id = newUserId();
    await store().createAccount({
      id,
      name: id,
      displayName: 'Ann',
      color: 1,
      status: '',
      serverRole: 'member',
      createdAt: 1,
    });
    return id;
  };
  const open = (mayRemember = true, over: Partial<RecordStore> = {}) => {
    const clock = new VirtualClock();
    const records: Store = { ...store(), ...over };
    return {
      clock,
      sessions: new Sessions({
        store: records,
        clock,
        mayRemember: () => mayRemember,
        scopesOf: () => Promise.resolve(undefined),
      }),
    };
  };

  it('end when they are not used for 30 days, to the millisecond; use of any kind begins the count anew', async () => {
    const { clock, sessions } = open();
    const token = await sessions.create(await person(), 'laptop');
    clock.advance(idleMs - 1);
    const principal = await sessions.authenticate(token);
    assert.ok(principal !== undefined);
    clock.advance(idleMs - 1);
    // A socket that stays open says so itself.
    await sessions.used([principal.session]);
    clock.advance(idleMs - 1);
    assert.ok((await sessions.authenticate(token)) !== undefined);
    clock.advance(idleMs);
    assert.equal(await sessions.authenticate(token), undefined);
  });

  it('end a year after sign-in, to the millisecond, however much they are used and remembered', async () => {
    const { clock, sessions } = open();
    const token = await sessions.create(await person(), 'laptop');
    for (let used = 0; used + 20 * dayMs < longestMs; used += 20 * dayMs) {
      assert.ok((await sessions.authenticate(token)) !== undefined);
      clock.advance(20 * dayMs);
    }
    const created = (await sessions.authenticate(token))?.expiresAt ?? 0;
    clock.advance(created - clock.now() - 1);
    assert.ok((await sessions.authenticate(token)) !== undefined);
    clock.advance(1);
    assert.equal(await sessions.authenticate(token), undefined);
  });

  it('are not looked up again for ten seconds where endings are heard of, and each time where they are not', async () => {
    for (const mayRemember of [true, false]) {
      let lookups = 0;
      const counting: Partial<RecordStore> = {
        sessionByTokenHash: (hash) => {
          lookups++;
          return store().sessionByTokenHash(hash);
        },
      };
      const { clock, sessions } = open(mayRemember, counting);
      const token = await sessions.create(await person(), 'laptop');
      for (let time = 0; time < 5; time++) await sessions.authenticate(token);
      assert.equal(lookups, mayRemember ? 1 : 5);
      clock.advance(10_000);
      await sessions.authenticate(token);
      assert.equal(lookups, mayRemember ? 2 : 6);
    }
  });

  it('that ended during a look-up let nobody in, neither by it nor by the memory of it', async () => {
    const arrived = Promise.withResolvers<void>();
    const goOn = Promise.withResolvers<void>();
    const slow: Partial<RecordStore> = {
      accountById: async (id) => {
        arrived.resolve();
        await goOn.promise;
        return store().accountById(id);
      },
    };
    const { sessions } = open(true, slow);
    const user = await person();
    const token = await sessions.create(user, 'laptop');
    const looking = sessions.authenticate(token);
    await arrived.promise;
    const [session] = await sessions.list(user);
    assert.deepEqual(await sessions.end(user, [session?.id ?? '']), [session?.id]);
    goOn.resolve();
    assert.equal(await looking, undefined);
    assert.equal(await sessions.authenticate(token), undefined);
  });

  it('store no token, only its hash', async () => {
    const { sessions } = open();
    const user = await person();
    const token = await sessions.create(user, 'laptop');
    const [stored] = await store().sessionsOf(user);
    assert.ok(stored !== undefined);
    assert.equal(JSON.stringify(stored).includes(token.slice(3)), false);
    assert.equal(await sessions.authenticate(stored.tokenHash), undefined);
  });
});
