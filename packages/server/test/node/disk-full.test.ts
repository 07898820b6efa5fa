import assert from 'node:assert/strict';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, it } from 'node:test';
import { type Cid, type ConversationId, newCid } from '@parley/protocol';
import { openSqliteStore } from '../../src/store/sqlite/index.ts';
import { until } from '../until.ts';
import type { RawClient } from './raw-client.ts';
import { Stand } from './stand.ts';

/** About a megabyte: full after some 50 of these messages. */
const maxStorePages = 250;
const text = (index: number): string => `${index} ${'x'.repeat(8_000)}`;

describe('a node whose disk is full', () => {
  it('refuses sends as unavailable, goes on reading, recovers by itself, and loses nothing it acknowledged', async () => {
    await using stand = await Stand.open([], { maxStorePages });
    const database = join(stand.folder, 'parley.db');
    const ballast = new DatabaseSync(database);
    ballast.exec('CREATE TABLE ballast (body BLOB); INSERT INTO ballast VALUES (zeroblob(400000))');

    const ann = await stand.signUp('ann');
    const stream = await stand.group(ann);
    const client = await stand.live(ann);
    const acknowledged: string[] = [];
    const refused: { readonly cid: Cid; readonly index: number }[] = [];
    for (let index = 0; refused.length < 5; index++) {
      assert.ok(index < 1_000, 'the disk never filled');
      const cid = newCid();
      const answer = await send(client, stream, cid, text(index));
      if (answer === 'stored') acknowledged.push(text(index));
      else {
        assert.equal(answer, 'unavailable');
        refused.push({ cid, index });
      }
    }
    assert.ok(acknowledged.length > 10, `only ${acknowledged.length} fitted`);

    // A message of one more page may find room where a large one does not; what matters is that reads never ask.
    assert.deepEqual(await stand.texts(ann, stream), acknowledged);
    const list = await stand.ask('GET', '/conversations', ann);
    assert.equal(list.status, 200);
    client.send({ t: 'watch', id: 1, streams: [{ stream, level: 'full', after: 0 }] });
    await client.next('watched');
    await until('the log is read', () => seqs(client).length === acknowledged.length + 1);

    ballast.exec('DELETE FROM ballast');
    ballast.close();
    await until('there is room again', async () => {
      const [first] = refused;
      assert.ok(first !== undefined);
      return (await send(client, stream, first.cid, text(first.index))) === 'stored';
    });
    for (const { cid, index } of refused) {
      assert.equal(await send(client, stream, cid, text(index)), 'stored');
      acknowledged.push(text(index));
    }
    assert.deepEqual(await stand.texts(ann, stream), acknowledged);

    await stand.node.stop();
    const store = await openSqliteStore({ path: database });
    const rows = await store.messages({ stream, limit: 1_000, direction: 'forward' });
    await store.close();
    assert.deepEqual(
      rows.map((row) => row.text),
      acknowledged,
    );
  });
});

const seqs = (client: RawClient): number[] =>
  client.frames.flatMap((frame) => (frame.t === 'events' ? frame.events.map(({ seq }) => seq) : []));

/** Sends, and says what came of it: stored, or the code of the refusal. */
async function send(client: RawClient, stream: ConversationId, cid: Cid, body: string): Promise<string> {
  const answers = () =>
    client.frames.flatMap((frame) => ((frame.t === 'ack' || frame.t === 'nack') && frame.cid === cid ? [frame] : []));
  const known = answers().length;
  client.send({ t: 'send', stream, cid, command: { type: 'post', text: body } });
  await until('it is answered', () => answers().length > known);
  const last = answers().at(-1);
  return last?.t === 'nack' ? last.error.code : 'stored';
}
