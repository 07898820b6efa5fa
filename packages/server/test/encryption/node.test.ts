import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { after, before, describe, it } from 'node:test';
import { newConversationId } from '@parley/protocol';
import { memoryKeyring } from '../../src/encryption/keyring/memory.ts';
import { Stand } from '../node/stand.ts';

describe('a server with a keyring', () => {
  let folder = '';
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'parley-encrypted-'));
  });
  after(() => rm(folder, { recursive: true }));

  it('does not start without it, or with another one, on what it wrote', async () => {
    const keyring = memoryKeyring();
    const copy = join(folder, 'copy');
    {
      await using stand = await Stand.open([], { keyring });
      const ann = await stand.signUp('ann');
      await stand.command(ann, await stand.group(ann), { type: 'post', text: 'hello' });
      await stand.copyTo(copy);
    }
    const start = (options: { keyring?: ReturnType<typeof memoryKeyring> }) => Stand.open(['--data', copy], options);
    await assert.rejects(start({}), /What this store holds is encrypted\. Give its keyring/);
    await assert.rejects(start({ keyring: memoryKeyring() }), /is not the one this data was written with/);
    await (await start({ keyring }))[Symbol.asyncDispose]();
  });

  it('shows nothing of what was changed where it is stored, says which, counts it, and serves the rest', async () => {
    await using stand = await Stand.open([], { keyring: memoryKeyring() });
    const ann = await stand.signUp('ann');
    const [one, two] = [await stand.group(ann), await stand.group(ann)];
    for (const stream of [one, two])
      for (const text of ['first', 'second', 'third']) await stand.command(ann, stream, { type: 'post', text });

    // Somebody who can write to the database swaps messages within a conversation and between two.
    const db = new DatabaseSync(join(stand.folder, 'parley.db'), { timeout: 10_000 });
    const rows = db
      .prepare('SELECT stream, seq, event.body FROM message JOIN event USING (stream, seq) ORDER BY stream, seq')
      .all();
    const textOf = (index: number): string => (JSON.parse(String(rows[index]?.['body'])) as { text: string }).text;
    const put = (index: number, text: string): void => {
      const row = rows[index];
      const body = JSON.stringify({ ...(JSON.parse(String(row?.['body'])) as object), text });
      db.prepare('UPDATE message SET body = ? WHERE stream = ? AND seq = ?').run(
        body,
        Number(row?.['stream']),
        Number(row?.['seq']),
      );
    };
    put(0, textOf(1));
    put(1, textOf(4));
    put(3, textOf(3).slice(0, -9));
    db.close();

    const shown = await Promise.all(
      [one, two].map(async (stream) => {
        const { body } = await stand.ask('GET', `/conversations/${stream}/messages`, ann);
        return (body['messages'] as { text: string; unreadable?: string }[]).map(
          ({ text, unreadable }) => unreadable ?? text,
        );
      }),
    );
    assert.deepEqual(shown, [
      ['damaged', 'damaged', 'third'],
      ['damaged', 'second', 'third'],
    ]);
    const metrics = await (await fetch(`${stand.node.url}/metrics`)).text();
    assert.match(metrics, /^parley_damaged_texts_total [3-9]/m);
    assert.equal((await stand.command(ann, one, { type: 'post', text: 'still here' })).status, 200);
  });

  it('lists channels by their names, which the store cannot read', async () => {
    await using stand = await Stand.open([], { keyring: memoryKeyring() });
    const ann = await stand.signUp('ann');
    for (const name of ['cats', 'ants', 'bees']) {
      const made = await stand.command(ann, newConversationId(), {
        type: 'create',
        kind: 'channel',
        name,
        members: [],
      });
      assert.equal(made.status, 200);
    }
    const { body } = await stand.ask('GET', '/channels', ann);
    assert.deepEqual(
      (body['channels'] as { name: string }[]).map(({ name }) => name),
      ['ants', 'bees', 'cats'],
    );
  });
});
