import assert from 'node:assert/strict';
import { it } from 'node:test';
import { newUserId, type UserId } from '@parley/protocol';
import type { Account } from '../../../src/store/port.ts';
import { type Opened, openTwice, type StoreEngine } from './engine.ts';
import { range } from './make.ts';

let last = 0;
/** A name that no other test uses, in lower case. */
export const freshName = (): string => `n${process.pid.toString(36)}x${(++last).toString(36)}`;

export const account = (change: Partial<Account> = {}): Account => {
  const name = change.name ?? freshName();
  return {
    id: newUserId(),
    name,
    displayName: name,
    color: 3,
    status: '',
    serverRole: 'member',
    createdAt: 1_700_000_000_000,
    ...change,
  };
};

const idsOf = (accounts: readonly Account[]): UserId[] => accounts.map(({ id }) => id);

export function keepsAccounts(opened: () => Opened, open: () => Promise<StoreEngine>): void {
  it('keeps an account with all it has, and nothing it has not', async () => {
    const { store, other } = opened();
    const bare = account();
    const full = account({
      displayName: 'Zoë 🦊',
      status: 'né à Québec',
      passwordHash: '$argon2id$v=19$x',
      lastSeenAt: 7,
    });
    assert.equal(await store.createAccount(bare), true);
    assert.equal(await store.createAccount(full), true);
    assert.deepEqual(await other.accountById(bare.id), bare);
    assert.deepEqual(await other.accountByName(full.name), full);
    assert.equal(await other.hasAccounts(), true);
    assert.equal(await store.accountById(newUserId()), undefined);
    assert.equal(await store.accountByName(freshName()), undefined);
  });

  it('gives an account another name, under which it is found, and the former one to whoever comes next', async () => {
    const { store, other } = opened();
    const [ann, bob] = [account({ displayName: 'Ann Octave' }), account()];
    for (const one of [ann, bob]) assert.equal(await store.createAccount(one), true);
    assert.equal(await store.renameAccount(ann.id, bob.name.toUpperCase()), false, 'it is taken');
    assert.deepEqual(await other.accountByName(ann.name), ann);
    assert.equal(await store.renameAccount(newUserId(), freshName()), false, 'there is nobody');
    const name = freshName();
    assert.equal(await store.renameAccount(ann.id, name), true);
    const renamed = { ...ann, name };
    assert.deepEqual(await other.accountById(ann.id), renamed);
    assert.deepEqual(await other.accountByName(name.toUpperCase()), renamed);
    assert.equal(await other.accountByName(ann.name), undefined);
    assert.deepEqual(await other.findAccounts(name, 5), [renamed]);
    assert.deepEqual(
      idsOf(await other.findAccounts(ann.name, 5)).filter((id) => id === ann.id),
      [],
    );
    const heir = account({ name: ann.name });
    assert.equal(await other.createAccount(heir), true);
    assert.deepEqual(await store.accountByName(ann.name), heir);
    assert.equal(await store.renameAccount(ann.id, name), true, 'once more changes nothing');
    assert.deepEqual(await store.accountById(ann.id), renamed);
  });

  it('gives a name to one of many who want it at once, whatever its case', async () => {
    const { store, other } = opened();
    for (let round = 0; round < 5; round++) {
      const name = freshName();
      const rivals = range(1, 8).map((rival) => account({ name: rival % 2 === 0 ? name : name.toUpperCase() }));
      const results = await Promise.all(
        rivals.map((rival, index) => (index % 3 === 0 ? store : other).createAccount(rival)),
      );
      assert.equal(results.filter(Boolean).length, 1, JSON.stringify(results));
      const winner = rivals[results.indexOf(true)];
      assert.deepEqual(await store.accountByName(name), winner);
      assert.deepEqual(await other.accountByName(name.toUpperCase()), winner);
      const found = await store.accountsById(rivals.map(({ id }) => id));
      assert.deepEqual(found, [winner], 'nothing is left of those who came late');
    }
  });

  it('makes exactly one first account, also when many try at once', async () => {
    const fresh = await openTwice(open);
    const { store, other } = fresh;
    try {
      assert.equal(await store.hasAccounts(), false);
      const rivals = range(1, 8).map(() => account({ serverRole: 'owner' }));
      const results = await Promise.all(
        rivals.map((rival, index) => (index % 2 === 0 ? store : other).createAccount(rival, { first: true })),
      );
      assert.equal(results.filter(Boolean).length, 1, JSON.stringify(results));
      assert.deepEqual(await store.findAccounts('', 10), [rivals[results.indexOf(true)]]);
      assert.equal(await other.createAccount(account(), { first: true }), false);
      assert.equal(await other.createAccount(account(), { first: false }), true);
      assert.equal(await store.hasAccounts(), true);
    } finally {
      await fresh.close();
    }
  });

  it('fetches many accounts at once, leaving out the unknown', async () => {
    const { store } = opened();
    const some = range(1, 120).map(() => account());
    await Promise.all(some.map((one) => store.createAccount(one)));
    const found = await store.accountsById([newUserId(), ...idsOf(some)]);
    assert.deepEqual(idsOf(found).toSorted(), idsOf(some).toSorted());
    assert.deepEqual(await store.accountsById([]), []);
  });

  it('changes what it is told to and nothing else', async () => {
    const { store, other } = opened();
    const before = account({ passwordHash: 'old', status: 'here' });
    await store.createAccount(before);
    await store.updateAccount(before.id, { displayName: 'Åsa', lastSeenAt: 5 });
    await other.updateAccount(before.id, { passwordHash: 'new', serverRole: 'admin', status: '' });
    const expected: Account = {
      ...before,
      displayName: 'Åsa',
      lastSeenAt: 5,
      passwordHash: 'new',
      serverRole: 'admin',
      status: '',
    };
    assert.deepEqual(await store.accountById(before.id), expected);
    assert.deepEqual(await other.accountByName(before.name), expected);
    const nobody = newUserId();
    await store.updateAccount(nobody, { status: 'a ghost' });
    assert.equal(await store.accountById(nobody), undefined, 'changing nobody makes nobody');
  });

  it('finds people by the start of any word of their names, in order of names, up to a limit', async () => {
    const { store } = opened();
    const mark = freshName();
    const [a, b, c] = [
      account({ name: `${mark}-a`, displayName: `Grace ${mark}Hopper` }),
      account({ name: `${mark}-b`, displayName: `Ängla Ö${mark}` }),
      account({ name: freshName(), displayName: `Ö${mark} 100%_x.*` }),
    ];
    for (const one of [b, a, c]) await store.createAccount(one);
    assert.deepEqual(await store.findAccounts(mark, 10), [a, b]);
    assert.deepEqual(await store.findAccounts(`${mark.toUpperCase()}hop`, 10), [a]);
    assert.deepEqual(await store.findAccounts(mark, 1), [a]);
    assert.deepEqual(idsOf(await store.findAccounts(`ö${mark}`, 10)).toSorted(), idsOf([b, c]).toSorted());
    assert.deepEqual(await store.findAccounts(`${mark}hopp%`, 10), [], 'signs stand for themselves');
    assert.deepEqual(await store.findAccounts(`${mark}_a`, 10), []);
    assert.deepEqual(await store.findAccounts(`.*${mark}`, 10), []);
    assert.deepEqual(await store.findAccounts(mark.slice(1), 10), [], 'the middle of a word is not its start');
    await store.updateAccount(a.id, { displayName: `renamed${mark}` });
    assert.deepEqual(await store.findAccounts(`${mark}hop`, 10), []);
    assert.deepEqual(await store.findAccounts(`renamed${mark}`, 10), [{ ...a, displayName: `renamed${mark}` }]);
  });

  it('lists everybody for an empty text', async () => {
    const { store } = opened();
    const one = account();
    await store.createAccount(one);
    const everybody = await store.findAccounts('', 10_000);
    assert.ok(idsOf(everybody).includes(one.id));
    const names = everybody.map(({ name }) => name.toLowerCase());
    assert.deepEqual(names, names.toSorted());
    assert.equal((await store.findAccounts('', 2)).length, 2);
  });
}
