import assert from 'node:assert/strict';
import { it } from 'node:test';
import { newCid, newUserId, type StreamEvent } from '@parley/protocol';
import type { Opened } from './engine.ts';
import { ann, appendOf, freshStream, posted, rowOf } from './make.ts';

const texts: Record<string, string> = {
  'letters of many scripts': 'Grüße, 世界, שלום, สวัสดี, नमस्ते',
  'emoji outside the basic plane, with joiners': '👩‍👩‍👧‍👦 🏳️‍🌈 𝔘𝔫𝔦𝔠𝔬𝔡𝔢',
  'both forms of one letter, kept apart': '\u00e9 e\u0301',
  'control characters and the null character': 'a\u0000b\u0001\u001f\u007f\u2028\u2029',
  'half a surrogate pair, which JSON can carry': 'cut \ud83d off',
  'quotes, backslashes and line ends': `"'\`\\ \r\n\t $' $& %s {{}} \${x} --;`,
  '64 KiB of one-byte letters': 'x'.repeat(65_536),
  'the longest text of three-byte letters': 'あ'.repeat(16_000),
};

export function keepsBodiesAsTheyWere(opened: () => Opened): void {
  for (const [what, text] of Object.entries(texts)) {
    it(`keeps ${what}`, async () => {
      const { store } = opened();
      const stream = freshStream();
      const event = posted(1, { text });
      const snapshot = JSON.stringify({ topic: text });
      await store.append({ stream, expectedHead: 0, events: [event], messages: [rowOf(event)], snapshot });
      assert.deepEqual(await store.read(stream, 1, 1, 1), [event]);
      assert.deepEqual(await store.messagesAt(stream, [1]), [rowOf(event)]);
      assert.deepEqual((await store.load(stream))?.snapshot, { seq: 1, state: snapshot });
    });
  }

  it('keeps events of a person’s stream, whatever a preference holds', async () => {
    const { store } = opened();
    const stream = newUserId();
    const values = [
      null,
      false,
      0,
      -1.5e-7,
      2 ** 53 - 1,
      '',
      [],
      {},
      { $set: { 'a.b': [1, { $where: '' }] }, '': null, _id: 'x', 'né 😀': { deep: [[[]]] } },
    ];
    const events = values.map(
      (value, index): StreamEvent => ({
        type: 'preferenceSet',
        seq: index + 1,
        at: 1_700_000_000_000,
        actor: stream,
        cid: newCid(),
        key: 'a.$b',
        value,
      }),
    );
    await store.append({ stream, expectedHead: 0, events, messages: [] });
    assert.deepEqual(await store.read(stream, 1, 100, 100), events);
    assert.deepEqual((await store.load(stream))?.events, events);
  });

  it('keeps everything a row can say', async () => {
    const { store } = opened();
    const stream = freshStream();
    const event = posted(1, { mentions: [ann], mass: 'here', replyTo: 1 });
    const row = {
      ...rowOf(event),
      editedAt: event.at + 1,
      pinned: true,
      reactions: [{ emoji: '❤️‍🔥', users: [ann] }],
      replies: { count: 1, lastSeq: 9, lastAt: event.at, users: [ann] },
    };
    await store.append({ stream, expectedHead: 0, events: [event], messages: [row] });
    assert.deepEqual(await store.messages({ stream, limit: 1, direction: 'backward' }), [row]);
  });

  it('keeps a snapshot of a megabyte', async () => {
    const { store } = opened();
    const stream = freshStream();
    const snapshot = 'né '.repeat(350_000);
    await store.append({ ...appendOf(stream, 1, 1), snapshot });
    assert.equal((await store.load(stream))?.snapshot?.state, snapshot);
  });
}
