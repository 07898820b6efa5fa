import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type Message, newCid, newConversationId, newUserId, type StreamEvent } from '@parley/protocol';
import fc from 'fast-check';
import { isSealed } from '../../src/encryption/sealed.ts';
import type { Wish } from '../../src/stream/types.ts';
import { aPost, gatewayParts } from './stand.ts';

type Posted = Extract<StreamEvent, { type: 'posted' }>;

/** The event that a sequencer makes of a sealed post. */
function postedFrom({ actor, cid, command }: Wish, seq = 2): Posted {
  assert.ok(command.type === 'post');
  return { type: 'posted', seq, at: 1, actor, cid, text: command.text };
}

const sealed = async (parts: ReturnType<typeof gatewayParts>, wish: Wish): Promise<Posted> =>
  postedFrom(await parts.sealing.seal(wish));

async function openedBy(
  parts: ReturnType<typeof gatewayParts>,
  stream: Wish['stream'],
  event: Posted,
): Promise<Posted> {
  const [opened] = await parts.sealing.open(stream, [event]);
  assert.ok(opened?.type === 'posted');
  return opened;
}

describe('a sealed text', () => {
  it('is read by every gateway with the same keyring, whatever it holds', async () => {
    const ours = gatewayParts();
    const theirs = gatewayParts(ours);
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'binary', minLength: 1, maxLength: 400 }), async (text) => {
        // Lone halves of a pair are no text: they become U+FFFD in UTF-8, with a keyring and without.
        const wellFormed = text.toWellFormed();
        if (wellFormed.trim() === '' || isSealed(wellFormed)) return;
        const wish = aPost(wellFormed);
        const event = await sealed(ours, wish);
        assert.ok(isSealed(event.text));
        assert.equal((await openedBy(theirs, wish.stream, event)).text, wellFormed);
        assert.equal((await openedBy(ours, wish.stream, event)).text, wellFormed, 'the one that sealed it');
        assert.equal((await openedBy(ours, wish.stream, event)).text, wellFormed, 'and again, from the store');
      }),
      { numRuns: 200 },
    );
  });

  it('is another each time: no two of many have a nonce in common', async () => {
    const parts = gatewayParts();
    const wish = aPost('the same words');
    const nonces = new Set<string>();
    for (let count = 0; count < 5_000; count++) {
      const { text } = await sealed(parts, wish);
      nonces.add(Buffer.from(text.split('/')[1] ?? '', 'base64url').toString('latin1', 0, 12));
    }
    assert.equal(nonces.size, 5_000);
  });

  it('opens for nobody else: not in another stream, by another author, or under another command', async () => {
    const parts = gatewayParts();
    const reader = gatewayParts(parts);
    const wish = aPost('meet me at the old bridge');
    const event = await sealed(parts, wish);
    const other = aPost('something else');
    await sealed(parts, other);
    const damaged = { text: '', unreadable: 'damaged' };
    const opens = async (stream: Wish['stream'], change: Partial<Posted>) => {
      const { text, unreadable } = await openedBy(reader, stream, { ...event, ...change });
      return { text, unreadable };
    };
    assert.deepEqual(await opens(wish.stream, {}), { text: 'meet me at the old bridge', unreadable: undefined });
    assert.deepEqual(await opens(other.stream, {}), damaged);
    assert.deepEqual(await opens(wish.stream, { actor: newUserId() }), damaged);
    assert.deepEqual(await opens(wish.stream, { cid: newCid() }), damaged);
    assert.equal(reader.seals.damaged, 3);
    // The process that sealed it remembers the words, and must not show them elsewhere either.
    assert.equal((await openedBy(parts, other.stream, event)).unreadable, 'damaged');
    assert.equal((await openedBy(parts, wish.stream, { ...event, cid: newCid() })).unreadable, 'damaged');
  });

  it('is refused with any bit changed, cut anywhere, or with anything added', async () => {
    const parts = gatewayParts();
    const wish = aPost('pay 100');
    const event = await sealed(parts, wish);
    const reader = gatewayParts(parts);
    const [head = '', box = ''] = event.text.split('/');
    const bytes = Buffer.from(box, 'base64url');
    const texts: string[] = [];
    for (let bit = 0; bit < bytes.length * 8; bit++) {
      const flipped = Buffer.from(bytes);
      flipped.writeUInt8(flipped.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
      texts.push(`${head}/${flipped.toString('base64url')}`);
    }
    for (let length = 0; length < bytes.length; length++)
      texts.push(`${head}/${bytes.subarray(0, length).toString('base64url')}`);
    for (let length = 2; length < event.text.length; length++) texts.push(event.text.slice(0, length));
    texts.push(`${head}/${Buffer.concat([bytes, Buffer.from('!')]).toString('base64url')}`, `${event.text}/x`);
    texts.push(event.text.replace('p1', 'p2'), event.text.replace('p1', 'p0'), event.text.replace('p1', 'e1'));
    texts.push(event.text.replace('p1', 'p99999999999'));
    for (const text of texts) {
      const opened = await openedBy(reader, wish.stream, { ...event, text });
      const isSame =
        Buffer.from(text.split('/')[1] ?? '', 'base64url').equals(bytes) &&
        text.startsWith(`${head}/`) &&
        text.split('/').length === 2;
      if (isSame) continue;
      assert.deepEqual([opened.text, opened.unreadable], ['', 'damaged'], text);
    }
  });

  it('never throws at whoever reads it, whatever stands where it should', async () => {
    const reader = gatewayParts();
    const stream = newConversationId();
    const event = postedFrom(aPost('x', stream));
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom('', 'p', 'p1', 'p1/', 'e1/u_/c/', 'n1/'),
        fc.string({ unit: 'binary', maxLength: 80 }),
        async (form, rest) => {
          const opened = await openedBy(reader, stream, { ...event, text: `\u007F\u007F${form}${rest}` });
          assert.deepEqual([opened.text, opened.unreadable], ['', 'damaged']);
        },
      ),
      { numRuns: 500 },
    );
  });

  it('does not open under another keyring with the same key documents', async () => {
    const parts = gatewayParts();
    const wish = aPost('ours');
    const event = await sealed(parts, wish);
    const stranger = gatewayParts({ documents: parts.documents });
    assert.equal((await openedBy(stranger, wish.stream, event)).unreadable, 'damaged');
  });

  it('of an edit belongs to the message it is of, and is told from a post', async () => {
    const parts = gatewayParts();
    const reader = gatewayParts(parts);
    const { stream, actor } = aPost('');
    const edit = (target: number): Wish => ({
      stream,
      actor,
      serverRole: 'member',
      cid: newCid(),
      command: { type: 'edit', target, text: `edit of ${target}` },
    });
    const textOf = async (wish: Wish): Promise<string> => {
      const { command } = await parts.sealing.seal(wish);
      return command.type === 'edit' ? command.text : '';
    };
    const text = await textOf(edit(7));
    const row = (seq: number, change: Partial<Message> = {}): Message => ({
      seq,
      at: 1,
      actor,
      cid: newCid(),
      text,
      editedAt: 2,
      ...change,
    });
    const open = async (message: Message) => (await reader.sealing.openMessages(stream, [message]))[0];
    assert.equal((await open(row(7)))?.text, 'edit of 7');
    assert.equal((await open(row(8)))?.unreadable, 'damaged', 'moved to another message');
    assert.equal((await open(row(7, { actor: newUserId() })))?.unreadable, 'damaged', 'put into another mouth');
    const { editedAt: _editedAt, ...unedited } = row(7);
    assert.equal((await open(unedited))?.unreadable, 'damaged', 'taken for the first words');
  });

  it('from before there was a keyring stays readable', async () => {
    const parts = gatewayParts();
    const { stream } = aPost('');
    const event = postedFrom(aPost('said in the open', stream));
    assert.equal((await openedBy(parts, stream, event)).text, 'said in the open');
  });

  it('cannot be sent by a person, with a keyring or without', () => {
    const wish = aPost('\u007F\u007Fp1/AAAA');
    assert.throws(() => gatewayParts().sealing.seal(wish), { code: 'bad-request', field: 'command.text' });
  });

  it('is judged while it can be read: empty and too long ones are refused, who is addressed goes along', async () => {
    const { sealing } = gatewayParts();
    assert.throws(() => sealing.seal(aPost(' ')), { code: 'text-empty' });
    assert.throws(() => sealing.seal(aPost('x'.repeat(16_001))), { code: 'text-too-long' });
    assert.equal((await sealing.seal(aPost('lunch, @all?'))).sealed?.mass, 'all');
    assert.deepEqual((await sealing.seal(aPost('lunch?'))).sealed, {});
  });
});
