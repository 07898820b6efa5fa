import assert from 'node:assert/strict';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { after, afterEach, before, describe, it } from 'node:test';
import { ParleyError } from '@parley/protocol';
import type { Append, Store } from '../../src/store/port.ts';
import { openSqliteStore, type SqliteStoreOptions } from '../../src/store/sqlite/index.ts';
import { appendOf, freshStream, posted, range, rowOf, seqsOf } from './conformance/make.ts';

describe('the file of the SQLite store', () => {
  let folder = '';
  let count = 0;
  const freshPath = (): string => join(folder, `${++count}.db`);
  const opened: Store[] = [];
  const open = async (options: SqliteStoreOptions): Promise<Store> => {
    const store = await openSqliteStore(options);
    opened.push(store);
    return store;
  };
  afterEach(() => Promise.all(opened.splice(0).map((store) => store.close())));
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'parley-sqlite-'));
  });
  after(() => rm(folder, { recursive: true }));

  it('keeps everything over a restart', async () => {
    const path = freshPath();
    const stream = freshStream();
    const first = await open({ path });
    await first.append({ ...appendOf(stream, 1, 5), snapshot: 'at 5' });
    await first.close();
    const second = await open({ path });
    assert.deepEqual(await second.load(stream), { head: 5, events: [], snapshot: { seq: 5, state: 'at 5' } });
    assert.deepEqual(await second.append(appendOf(stream, 6, 6)), { ok: true });
  });

  it('belongs to one at a time, and is free again when that one has closed', async () => {
    const path = freshPath();
    const first = await open({ path });
    await assert.rejects(open({ path }), /Another Parley is using/);
    await first.close();
    await open({ path });
  });

  it('is not touched when a newer version wrote it', async () => {
    const path = freshPath();
    const database = new DatabaseSync(path);
    database.exec('PRAGMA user_version = 12345');
    await assert.rejects(open({ path }), /newer version.*schema 12345/);
    const tables = database.prepare('SELECT count(*) AS tables FROM sqlite_schema').get();
    assert.equal(tables?.['tables'], 0);
    database.close();
  });

  it('holds the text of a message once, and reads rows that hold it twice, as versions before wrote them', async () => {
    const path = freshPath();
    const stream = freshStream();
    const store = await open({ path });
    const events = range(1, 3).map((seq) => posted(seq, { text: `a remarkable text, ${seq}` }));
    // The second was changed in the very append that posted it.
    const messages = events.map((event) => ({ ...rowOf(event), ...(event.seq === 2 ? { pinned: true } : {}) }));
    await store.append({ stream, expectedHead: 0, events, messages });
    const database = new DatabaseSync(path, { timeout: 10_000 });
    const bodies = database.prepare('SELECT seq, body FROM message ORDER BY seq').all();
    assert.deepEqual(
      bodies.map(({ body }) => String(body).includes('remarkable')),
      [false, true, false],
    );
    const [first] = messages;
    database.prepare('UPDATE message SET body = ? WHERE seq = 1').run(JSON.stringify(first));
    database.close();
    assert.deepEqual(await store.messages({ stream, limit: 9, direction: 'forward' }), messages);
    assert.deepEqual(await store.messagesAt(stream, [1, 3]), [messages[0], messages[2]]);
  });

  it('keeps what every look-up reads and every append rewrites small, however much a stream folds to', async () => {
    const path = freshPath();
    const stream = freshStream();
    const store = await open({ path });
    await store.append({ ...appendOf(stream, 1, 5), snapshot: 'a member '.repeat(100_000) });
    await store.append(appendOf(stream, 6, 6));
    const database = new DatabaseSync(path, { timeout: 10_000 });
    const row = database.prepare('SELECT * FROM stream WHERE id = ?').get(stream);
    database.close();
    assert.ok(JSON.stringify(row).length < 200, `${JSON.stringify(row).length} characters`);
    assert.equal((await store.load(stream))?.snapshot?.state.length, 900_000);
  });

  it('writes few pages for a message, also where each is of a conversation of its own', async () => {
    const path = freshPath();
    const store = await open({ path });
    const streams = range(1, 200).map(() => freshStream());
    await Promise.all(streams.map((stream) => store.append(appendOf(stream, 1, 60))));
    const written = async (): Promise<number> => (await stat(`${path}-wal`)).size / 4_096;
    const before = await written();
    await Promise.all(streams.map((stream) => store.append(appendOf(stream, 61, 61))));
    // Its event and its row; heads and commands of many share pages.
    const pages = ((await written()) - before) / streams.length;
    assert.ok(pages > 1 && pages < 3, `${pages} pages a message`);
  });

  it('keeps its log bounded: what was written long ago is in the file, and the log begins anew', async () => {
    const path = freshPath();
    const store = await open({ path });
    const streams = range(1, 50).map(() => freshStream());
    const text = 'x'.repeat(60_000);
    const most = 400;
    let rounds = 0;
    // 3 MB each. That so many leave the log as long as it was shows that it is written from its beginning again.
    for (let inLog = 0, unchanged = 0; unchanged < 15; ) {
      assert.ok(rounds < most, `${most} rounds of 3 MB, and the log still grows: ${inLog} bytes`);
      rounds++;
      await Promise.all(streams.map((stream) => store.append(appendOf(stream, rounds, rounds, () => ({ text })))));
      const { size } = await stat(`${path}-wal`);
      unchanged = size === inLog ? unchanged + 1 : 0;
      inLog = size;
    }
    assert.ok((await stat(path)).size > 100_000_000, 'the file has what the log had');
    assert.equal((await store.read(streams[0] ?? freshStream(), 1, rounds, rounds)).length, rounds);
  });

  it('takes over the snapshots of versions that kept them beside the head', async () => {
    const path = freshPath();
    const [large, plain] = [freshStream(), freshStream()];
    const before = await open({ path });
    await before.append({ ...appendOf(large, 1, 5), snapshot: 'at 5' });
    await before.append(appendOf(large, 6, 6));
    await before.append(appendOf(plain, 1, 2));
    await before.close();
    const database = new DatabaseSync(path);
    database.exec(`
      ALTER TABLE stream ADD COLUMN snapshot_seq INTEGER;
      ALTER TABLE stream ADD COLUMN snapshot TEXT;
      UPDATE stream SET snapshot_seq = 5, snapshot = 'at 5' WHERE no IN (SELECT stream FROM snapshot);
      DROP TABLE snapshot;
      PRAGMA user_version = 4`);
    database.close();
    const now = await open({ path });
    const loaded = await now.load(large);
    assert.deepEqual(loaded?.snapshot, { seq: 5, state: 'at 5' });
    assert.deepEqual([loaded.head, seqsOf(loaded.events)], [6, [6]]);
    assert.deepEqual(await now.append({ ...appendOf(large, 7, 7), snapshot: 'at 7' }), { ok: true });
    assert.deepEqual(await now.load(large), { head: 7, events: [], snapshot: { seq: 7, state: 'at 7' } });
    assert.equal((await now.load(plain))?.snapshot, undefined);
  });

  it('refuses one request of many that come together, and takes the others', async () => {
    const store = await open({ path: freshPath() });
    const streams = range(1, 20).map(() => freshStream());
    // Two events with one command: the database itself does not let a double in.
    const twice = posted(1);
    const double: Append = {
      stream: freshStream(),
      expectedHead: 0,
      events: [twice, { ...twice, seq: 2 }],
      messages: [rowOf(twice)],
    };
    const appends = [...streams.slice(0, 10).map((stream) => appendOf(stream, 1, 2)), double];
    appends.push(...streams.slice(10).map((stream) => appendOf(stream, 1, 2)));
    const results = await Promise.allSettled(appends.map((append) => store.append(append)));
    assert.deepEqual(
      results.map(({ status }) => status),
      appends.map((append) => (append === double ? 'rejected' : 'fulfilled')),
    );
    assert.equal(await store.load(double.stream), undefined);
    assert.deepEqual(await store.messages({ stream: double.stream, limit: 9, direction: 'forward' }), []);
    for (const stream of streams) assert.equal(await store.head(stream), 2);
  });

  it('says unavailable when it is full, keeps what it has, and takes more when there is room', async () => {
    const path = freshPath();
    const store = await open({ path, maxPages: 150 });
    const ballast = new DatabaseSync(path);
    ballast.exec('CREATE TABLE ballast (body BLOB); INSERT INTO ballast VALUES (zeroblob(200000))');
    const stream = freshStream();
    const large = (seq: number): Append => appendOf(stream, seq, seq, () => ({ text: 'x'.repeat(8_000) }));
    let head = 0;
    const fill = async (): Promise<unknown> => {
      for (;;) {
        const result = await store.append(large(head + 1)).catch((error: unknown) => error);
        if (result instanceof Error) return result;
        head++;
      }
    };
    const failure = await fill();
    assert.ok(failure instanceof ParleyError && failure.code === 'unavailable', String(failure));
    // Several at once, so that one transaction fails with all of them in it.
    const together = await Promise.allSettled(range(1, 5).map(() => store.append(large(head + 1))));
    assert.ok(together.every(({ status }) => status === 'rejected'));
    assert.deepEqual(seqsOf(await store.read(stream, 1, 1_000, 1_000)), range(1, head));
    assert.equal(await store.head(stream), head);
    ballast.exec('DELETE FROM ballast');
    ballast.close();
    assert.deepEqual(await store.append(large(head + 1)), { ok: true });
  });

  it('answers what was asked before it was closed, and refuses what comes after', async () => {
    const store = await open({ path: freshPath() });
    const stream = freshStream();
    const asked = store.append(appendOf(stream, 1, 3));
    const closed = store.close();
    assert.deepEqual(await asked, { ok: true });
    await closed;
    await assert.rejects(store.head(stream), { code: 'unavailable' });
    await assert.rejects(store.append(appendOf(stream, 4, 4)), { code: 'unavailable' });
  });
});
