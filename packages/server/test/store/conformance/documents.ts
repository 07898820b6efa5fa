import assert from 'node:assert/strict';
import { it } from 'node:test';
import type { Document } from '../../../src/store/documents.ts';
import { freshName } from './accounts.ts';
import type { Opened } from './engine.ts';
import { range } from './make.ts';

export const document = (change: Partial<Document> = {}): Document => ({
  kind: 'story',
  owner: freshName(),
  key: freshName(),
  version: 1,
  body: JSON.stringify({ told: 'by ann 🦊' }),
  ...change,
});

export function keepsDocuments(opened: () => Opened): void {
  it('makes a document once, changes it from the version that was seen, and shows each change to every node', async () => {
    const { store, other } = opened();
    const first = document();
    const { kind, owner, key } = first;
    assert.equal(await store.document(kind, owner, key), undefined);
    assert.equal(await store.putDocument(first, 1), false, 'there is none to change');
    assert.equal(await store.putDocument(first, 0), true);
    assert.deepEqual(await other.document(kind, owner, key), first);
    assert.equal(await other.putDocument({ ...first, body: '2' }, 0), false, 'there is one already');
    for (const version of range(1, 12)) {
      assert.equal(await store.putDocument({ ...first, body: `${version + 1}` }, version), true);
      assert.deepEqual(await other.document(kind, owner, key), {
        ...first,
        version: version + 1,
        body: `${version + 1}`,
      });
      assert.equal(await other.putDocument({ ...first, body: 'late' }, version), false);
    }
    assert.equal(await other.putDocument({ ...first, body: 'far too late' }, 1), false);
    assert.equal((await store.document(kind, owner, key))?.body, '13');
  });

  it('lets exactly one of two racing writers in, at every version', async () => {
    const { store, other } = opened();
    const { kind, owner, key } = document();
    for (const version of range(0, 9)) {
      const taken = await Promise.all(
        [store, other].map((node, writer) =>
          node.putDocument({ kind, owner, key, body: `${version} by ${writer}` }, version),
        ),
      );
      assert.equal(taken.filter(Boolean).length, 1, `version ${version}`);
      assert.deepEqual(await store.document(kind, owner, key), {
        kind,
        owner,
        key,
        version: version + 1,
        body: `${version} by ${taken.indexOf(true)}`,
      });
    }
  });

  it('counts what many writers add to one number, losing none that was told', async () => {
    const { store, other } = opened();
    const { kind, owner, key } = document();
    const told = await Promise.all(
      range(1, 4).map(async (writer) => {
        const node = writer % 2 === 0 ? store : other;
        let added = 0;
        while (added < 5) {
          const found = await node.document(kind, owner, key);
          const body = String(Number(found?.body ?? 0) + 1);
          // Where many agree at once an engine may not say in time how it ended: then it may have been made.
          const isAdded = await node.putDocument({ kind, owner, key, body }, found?.version ?? 0).catch(() => false);
          if (isAdded) added++;
        }
        return added;
      }),
    );
    const found = await store.document(kind, owner, key);
    assert.ok(Number(found?.body) >= told.reduce((sum, one) => sum + one), JSON.stringify(found));
    assert.equal(Number(found?.body), found?.version);
  });

  it('lists what one owner has in the order of keys, forward and backward, from a key on', async () => {
    const { store, other } = opened();
    const owner = freshName();
    const keys = ['#9', '10', '9', 'A', 'Z', '_', 'a', 'a/b', 'ab', 'b ~'];
    for (const key of keys.toSorted((a, b) => (a.length === b.length ? 0 : a.length - b.length)))
      await store.putDocument(document({ owner, key }), 0);
    await store.putDocument(document({ owner, key: 'ab', body: '"changed"' }), 1);
    for (const neighbour of [{ owner: `${owner}/a` }, { owner: owner.slice(0, -1) }, { owner, kind: 'storyline' }])
      await store.putDocument(document(neighbour), 0);
    const list = async (beyond: string | undefined, direction: 'forward' | 'backward', limit: number) =>
      (await other.documents('story', owner, { ...(beyond === undefined ? {} : { beyond }), direction, limit })).map(
        ({ key }) => key,
      );
    assert.deepEqual(await list(undefined, 'forward', 100), keys);
    assert.deepEqual(await list(undefined, 'backward', 100), keys.toReversed());
    assert.deepEqual(await list(undefined, 'forward', 3), keys.slice(0, 3));
    assert.deepEqual(await list(undefined, 'backward', 3), keys.toReversed().slice(0, 3));
    assert.deepEqual(await list('A', 'forward', 4), ['Z', '_', 'a', 'a/b']);
    assert.deepEqual(await list('A', 'backward', 4), ['9', '10', '#9']);
    assert.deepEqual(await list('AA', 'forward', 1), ['Z'], 'a key that is not there bounds too');
    assert.deepEqual(await list('b ~', 'forward', 4), []);
    assert.deepEqual(
      (await other.documents('story', owner, { beyond: 'a/b', direction: 'forward', limit: 1 })).map(
        ({ version, body }) => [version, body],
      ),
      [[2, '"changed"']],
    );
    assert.deepEqual(await store.documents('story', freshName(), { direction: 'forward', limit: 9 }), []);
  });

  it('deletes once, only the version that was meant, and a later one of that name begins anew', async () => {
    const { store, other } = opened();
    const first = document();
    const { kind, owner, key } = first;
    assert.equal(await store.deleteDocument(kind, owner, key), false, 'there is none');
    await store.putDocument(first, 0);
    await store.putDocument(first, 1);
    assert.equal(await other.deleteDocument(kind, owner, key, 1), false, 'it has changed');
    assert.equal(await other.deleteDocument(kind, owner, key, 2), true);
    assert.equal(await store.deleteDocument(kind, owner, key, 2), false);
    assert.equal(await store.deleteDocument(kind, owner, key), false);
    assert.equal(await store.document(kind, owner, key), undefined);
    assert.deepEqual(await store.documents(kind, owner, { direction: 'backward', limit: 9 }), []);
    assert.equal(await store.putDocument(first, 2), false, 'a change comes too late');
    assert.equal(await other.putDocument({ ...first, body: '"anew"' }, 0), true);
    assert.deepEqual(await store.document(kind, owner, key), { ...first, body: '"anew"' });
    const deleted = await Promise.all([store, other].map((node) => node.deleteDocument(kind, owner, key)));
    assert.equal(deleted.filter(Boolean).length, 1);
  });

  it('keeps bodies of 64 KiB, of every script, and names of 200 letters; refuses what is more', async () => {
    const { store, other } = opened();
    const texts = ['x'.repeat(65_534), 'あ'.repeat(21_844), `né 世界 שלום 👩‍👩‍👧‍👦 "'\\\u0000\u2028 \ud83d $set`, ''];
    for (const [index, text] of texts.entries()) {
      const one = document({
        body: JSON.stringify(text),
        key: `${index}`.padEnd(200, '~'),
        owner: freshName().padEnd(200, '!'),
      });
      assert.equal(await store.putDocument(one, 0), true);
      assert.deepEqual(await other.document(one.kind, one.owner, one.key), one);
      assert.deepEqual(await other.documents(one.kind, one.owner, { direction: 'forward', limit: 2 }), [one]);
    }
    const wrong = [
      { body: 'x'.repeat(65_537) },
      { key: '~'.repeat(201) },
      { owner: '' },
      { key: 'né' },
      { key: 'a\nb' },
      { kind: 'A kind' },
    ];
    for (const change of wrong) await assert.rejects(store.putDocument(document(change), 0), /document/);
  });

  it('goes on after its connection is cut, with every change either there or not', async (t) => {
    const { store, other, engine } = opened();
    if (engine.cutConnection === undefined) {
      t.skip('nothing to cut');
      return;
    }
    const { kind, owner, key } = document();
    let told = 0;
    for (const round of range(1, 60)) {
      if (round === 20) void engine.cutConnection();
      const found = await other.document(kind, owner, key);
      const before = found?.version ?? 0;
      // A rejection leaves the outcome unknown: only another look tells.
      const isMade = await store.putDocument({ kind, owner, key, body: `${round}` }, before).catch(() => undefined);
      const after = await other.document(kind, owner, key);
      assert.notEqual(isMade, false, 'nobody else writes');
      if (isMade === true || after?.version !== found?.version)
        assert.deepEqual(after, { kind, owner, key, version: before + 1, body: `${round}` });
      if (isMade === true) told++;
    }
    assert.ok(told >= 20, `only ${told} of 60 changes were taken`);
  });
}
