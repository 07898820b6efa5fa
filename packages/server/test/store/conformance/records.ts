import assert from 'node:assert/strict';
import { it } from 'node:test';
import { newConversationId, newUserId } from '@parley/protocol';
import type { DirectoryEntry, Session, StoredInvite } from '../../../src/store/port.ts';
import { freshName } from './accounts.ts';
import type { Opened } from './engine.ts';
import { range } from './make.ts';

export const session = (change: Partial<Session> = {}): Session => ({
  id: freshName(),
  user: newUserId(),
  tokenHash: freshName().padEnd(64, '0'),
  device: 'Firefox on Ubuntu 🦊',
  createdAt: 1_700_000_000_000,
  lastUsedAt: 1_700_000_000_000,
  expiresAt: 1_800_000_000_000,
  ...change,
});
const byId = (a: Session, b: Session): number => (a.id < b.id ? -1 : 1);

export function keepsSessions(opened: () => Opened): void {
  it('finds a session by its token, and all of a person', async () => {
    const { store, other } = opened();
    const user = newUserId();
    const [one, two, foreign] = [session({ user }), session({ user }), session()];
    for (const each of [one, two, foreign]) await store.createSession(each);
    assert.deepEqual(await other.sessionByTokenHash(one.tokenHash), one);
    assert.equal(await other.sessionByTokenHash(freshName()), undefined);
    assert.deepEqual((await store.sessionsOf(user)).toSorted(byId), [one, two].toSorted(byId));
    assert.deepEqual(await store.sessionsOf(newUserId()), []);
    await store.touchSession(one.id, 1_700_000_000_777);
    const touched = { ...one, lastUsedAt: 1_700_000_000_777 };
    assert.deepEqual(await other.sessionByTokenHash(one.tokenHash), touched);
    assert.deepEqual((await other.sessionsOf(user)).toSorted(byId), [touched, two].toSorted(byId));
  });

  it('revokes a session for its owner only, once, at once everywhere, and for good', async () => {
    const { store, other } = opened();
    const one = session();
    await store.createSession(one);
    assert.equal(await store.deleteSession(newUserId(), one.id, 1), false, 'it is somebody else’s');
    assert.deepEqual(await store.sessionByTokenHash(one.tokenHash), one);
    assert.equal(await store.deleteSession(one.user, one.id, 1), true);
    assert.equal(await other.sessionByTokenHash(one.tokenHash), undefined);
    assert.equal(await store.deleteSession(one.user, one.id, 1), false);
    await other.touchSession(one.id, 1_700_000_001_000);
    assert.equal(await store.sessionByTokenHash(one.tokenHash), undefined, 'a late touch brings nothing back');
    assert.deepEqual(await store.sessionsOf(one.user), []);
  });

  it('tells which sessions ended in a while, and of no other’s attempt to end one', async () => {
    const { store, other } = opened();
    const began = 1_900_000_000_000;
    const sessions = [session(), session(), session(), session()];
    for (const each of sessions) await store.createSession(each);
    const [early, late, last, alive] = sessions;
    assert.ok(early !== undefined && late !== undefined && last !== undefined && alive !== undefined);
    await store.deleteSession(early.user, early.id, began);
    // Far enough for an engine that keeps them by slots of time.
    await other.deleteSession(late.user, late.id, began + 25_000);
    await store.deleteSession(last.user, last.id, began + 25_001);
    await store.deleteSession(newUserId(), alive.id, began + 1);
    const told = async (from: number, to: number): Promise<string[]> =>
      [...(await other.sessionsEnded(began + from, began + to))].toSorted();
    assert.deepEqual(await told(0, 30_000), [early.id, late.id, last.id].toSorted());
    assert.deepEqual(await told(0, 25_000), [early.id, late.id].toSorted());
    assert.deepEqual(await told(1, 24_999), []);
    assert.deepEqual(await told(25_001, 60_000), [last.id]);
  });
}

export const invite = (change: Partial<StoredInvite> = {}): StoredInvite => ({
  code: freshName(),
  createdBy: newUserId(),
  expiresAt: 1_000,
  usesLeft: 1,
  ...change,
});

export function keepsInvites(opened: () => Opened): void {
  it('keeps invites, with a conversation and without', async () => {
    const { store, other } = opened();
    const createdBy = newUserId();
    const [plain, bound] = [
      invite({ createdBy }),
      invite({ createdBy, conversation: newConversationId(), usesLeft: 9 }),
    ];
    await store.createInvite(plain);
    await store.createInvite(bound);
    await store.createInvite(invite());
    assert.deepEqual(await other.inviteByCode(plain.code), plain);
    assert.deepEqual(await other.inviteByCode(bound.code), bound);
    assert.equal(await other.inviteByCode(freshName()), undefined);
    const own = await store.invitesOf(createdBy);
    assert.deepEqual(own.map(({ code }) => code).toSorted(), [plain.code, bound.code].toSorted());
  });

  it('gives as many uses as there are to many who come at once', async () => {
    const { store, other } = opened();
    const some = invite({ usesLeft: 5 });
    await store.createInvite(some);
    const used = await Promise.all(
      range(1, 15).map((guest) => (guest % 2 === 0 ? store : other).useInvite(some.code, 1)),
    );
    assert.equal(used.filter((one) => one !== undefined).length, 5);
    for (const one of used) assert.ok(one === undefined || one.code === some.code);
    assert.equal((await store.inviteByCode(some.code))?.usesLeft ?? 0, 0);
    await other.returnInvite(some.code);
    const again = await Promise.all(range(1, 4).map(() => store.useInvite(some.code, 1)));
    assert.equal(again.filter((one) => one !== undefined).length, 1, 'a use given back is one use');
  });

  it('lets nobody in after the time is up, or with a code unknown or taken back', async () => {
    const { store, other } = opened();
    const late = invite({ usesLeft: 3 });
    await store.createInvite(late);
    assert.equal((await store.useInvite(late.code, late.expiresAt - 1))?.code, late.code);
    assert.equal(await store.useInvite(late.code, late.expiresAt + 1), undefined);
    assert.equal(await store.useInvite(freshName(), 1), undefined);
    assert.equal(await store.deleteInvite(newUserId(), late.code), false, 'it is somebody else’s');
    assert.equal(await store.deleteInvite(late.createdBy, late.code), true);
    assert.equal(await store.deleteInvite(late.createdBy, late.code), false);
    assert.equal(await other.useInvite(late.code, 1), undefined);
    await other.returnInvite(late.code);
    assert.equal(await store.inviteByCode(late.code), undefined, 'a use given back late brings nothing back');
    assert.deepEqual(await store.invitesOf(late.createdBy), []);
  });
}

export const entry = (change: Partial<DirectoryEntry> = {}): DirectoryEntry => ({
  conversation: newConversationId(),
  seq: 1,
  kind: 'channel',
  name: freshName(),
  topic: 'tea 🍵',
  archived: false,
  memberCount: 1,
  createdAt: 1_700_000_000_000,
  ...change,
});

export function keepsTheDirectory(opened: () => Opened): void {
  const listed = async (includeArchived: boolean, own: readonly DirectoryEntry[]): Promise<DirectoryEntry[]> => {
    const ids = new Set(own.map(({ conversation }) => conversation));
    const all = await opened().store.listChannels({ includeArchived, limit: 10_000 });
    return all.filter(({ conversation }) => ids.has(conversation));
  };

  it('lists public channels by name; archived ones only when asked, private conversations never', async () => {
    const { store, other } = opened();
    const mark = freshName();
    const [a, b, c] = [
      entry({ name: `${mark}-a` }),
      entry({ name: `${mark}-b`, archived: true }),
      entry({ name: `${mark}-c` }),
    ];
    const twin = entry({ name: `${mark}-c`, topic: 'the same name' });
    const secret = entry({ name: `${mark}-b2`, kind: 'group' });
    const all = [c, secret, b, twin, a];
    for (const each of all) await store.putDirectoryEntry(each);
    assert.deepEqual(
      (await listed(false, all)).map(({ name }) => name),
      [`${mark}-a`, `${mark}-c`, `${mark}-c`],
    );
    assert.deepEqual(await listed(true, [a, b, c, secret]), [a, b, c]);
    assert.equal((await other.listChannels({ includeArchived: true, limit: 2 })).length, 2);
  });

  it('never lets an older row replace a newer one, in whatever order they come', async () => {
    const { store, other } = opened();
    const versions = range(1, 20).map((seq) => entry({ seq, memberCount: seq, archived: seq % 2 === 1 }));
    const [first, newest] = [versions[0], versions.at(-1)];
    assert.ok(first !== undefined && newest !== undefined);
    const { conversation } = first;
    const shuffled = versions.toSorted((a, b) => ((a.seq * 7) % 20) - ((b.seq * 7) % 20));
    await Promise.all(
      shuffled.map((version) =>
        (version.seq % 2 === 0 ? store : other).putDirectoryEntry({ ...version, conversation }),
      ),
    );
    assert.deepEqual(await listed(false, [first]), [{ ...newest, conversation }]);
    await store.putDirectoryEntry({ ...newest, conversation });
    await store.putDirectoryEntry({ ...newest, conversation, seq: 3, name: 'old' });
    assert.deepEqual(await listed(true, [first]), [{ ...newest, conversation }]);
  });
}
