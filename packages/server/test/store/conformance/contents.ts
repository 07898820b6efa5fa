import assert from 'node:assert/strict';
import { it } from 'node:test';
import { newUserId } from '@parley/protocol';
import { account } from './accounts.ts';
import { document } from './documents.ts';
import { openTwice, type StoreEngine } from './engine.ts';
import { appendOf, filled, freshStream, range } from './make.ts';
import { entry, invite, session } from './records.ts';

const byText = (items: readonly unknown[]): string[] => items.map((item) => JSON.stringify(item)).toSorted();

async function all<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const list: Item[] = [];
  for await (const item of items) list.push(item);
  return list;
}

export function tellsItsContents(open: () => Promise<StoreEngine>): void {
  it('tells of every stream and record once, and of nothing that is gone or was refused', async () => {
    const fresh = await openTwice(open);
    const { store, other } = fresh;
    try {
      const streams = await Promise.all(range(1, 30).map(async () => (await filled(store, 2)).stream));
      await store.append(appendOf(freshStream(), 7, 8));
      const own = newUserId();
      await store.append({ stream: own, expectedHead: 0, events: appendOf(own, 1, 1).events, messages: [] });
      const accounts = range(1, 20).map(() => account({ displayName: 'Zoë 🦊' }));
      for (const each of accounts) await store.createAccount(each);
      const [used, gone] = [invite({ usesLeft: 3 }), invite()];
      for (const each of [used, gone]) await store.createInvite(each);
      await store.useInvite(used.code, 1);
      await store.deleteInvite(gone.createdBy, gone.code);
      const [kept, revoked] = [session(), session()];
      for (const each of [kept, revoked]) await store.createSession(each);
      await store.deleteSession(revoked.user, revoked.id, 1_700_000_000_000);
      const [first, secret] = [entry(), entry({ kind: 'group' })];
      const changed = { ...first, seq: 4, name: 'changed' };
      for (const each of [first, secret, changed]) await store.putDirectoryEntry(each);
      const [plain, altered, dropped] = [document(), document(), document()];
      for (const each of [plain, altered, dropped]) await store.putDocument(each, 0);
      await store.putDocument({ ...altered, body: '[]' }, 1);
      await store.deleteDocument(dropped.kind, dropped.owner, dropped.key);

      const contents = other.contents();
      assert.deepEqual((await all(contents.streams())).toSorted(), [...streams, own].toSorted());
      const accountsFound = await all(contents.accounts());
      assert.deepEqual(
        accountsFound.toSorted((a, b) => (a.id < b.id ? -1 : 1)),
        accounts.toSorted((a, b) => (a.id < b.id ? -1 : 1)),
      );
      assert.deepEqual(await all(contents.sessions()), [kept]);
      assert.deepEqual(await all(contents.invites()), [{ ...used, usesLeft: 2 }]);
      assert.deepEqual(byText(await all(contents.directory())), byText([secret, changed]));
      assert.deepEqual(
        byText(await all(contents.documents())),
        byText([plain, { ...altered, version: 2, body: '[]' }]),
      );
    } finally {
      await fresh.close();
    }
  });
}
