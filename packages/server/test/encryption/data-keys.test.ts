import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { newConversationId, newUserId } from '@parley/protocol';
import { KeyOperations } from '../../src/encryption/operations.ts';
import { MemoryDocuments } from '../audit/memory-documents.ts';
import { aPost, gatewayParts } from './stand.ts';

describe('data keys', () => {
  it('two gateways that make the first key of a stream at once agree on one', async () => {
    const ours = gatewayParts();
    const theirs = gatewayParts(ours);
    for (let round = 0; round < 50; round++) {
      const scope = newConversationId();
      const [a, b] = await Promise.all([ours.keys.forSealing(scope), theirs.keys.forSealing(scope)]);
      assert.ok(a.key.equals(b.key));
      assert.equal((await ours.keyDocuments.generations(scope)).length, 1);
    }
  });

  it('are asked of the keyring once however many want one at a time', async () => {
    const parts = gatewayParts();
    const scope = newConversationId();
    await parts.keys.forSealing(scope);
    let unwraps = 0;
    const { keyring } = parts;
    const reader = gatewayParts({
      documents: parts.documents,
      keyring: Object.assign(Object.create(keyring) as typeof keyring, {
        unwrap: (wrapped: string, context: string) => {
          unwraps++;
          return keyring.unwrap(wrapped, context);
        },
      }),
    });
    await Promise.all(Array.from({ length: 100 }, () => reader.keys.forOpening(scope, 1)));
    assert.equal(unwraps, 1);
  });

  it('are not made for streams that there are not', async () => {
    const { keys, keyDocuments } = gatewayParts();
    const scope = newConversationId();
    await assert.rejects(async () => keys.forSealing(scope, () => Promise.resolve(false)), { code: 'not-found' });
    assert.equal(await keyDocuments.newest(scope), undefined);
  });

  it('are unavailable, not lost, while the store does not answer', async () => {
    const documents = new MemoryDocuments();
    const parts = gatewayParts({ documents });
    const wish = aPost('words');
    await parts.sealing.seal(wish);
    const reader = gatewayParts(parts);
    documents.isDown = true;
    await assert.rejects(reader.keys.forOpening(wish.stream, 1), { code: 'unavailable' });
    documents.isDown = false;
    assert.equal((await reader.keys.forOpening(wish.stream, 1)).type, 'key');
  });

  it('follow one another when one has sealed as much as it may, and the old one still opens', async () => {
    const parts = gatewayParts();
    const wish = aPost('first');
    const first = await parts.sealing.seal(wish);
    const stored = await parts.keyDocuments.newest(wish.stream);
    assert.ok(stored !== undefined && (await parts.keyDocuments.put({ ...stored, uses: 2 ** 31 })));
    const later = gatewayParts(parts);
    const second = await later.sealing.seal({ ...wish, command: { type: 'post', text: 'second' } });
    const textOf = (sealed: typeof first) => (sealed.command.type === 'post' ? sealed.command.text : '');
    assert.match(textOf(first), /^..p1\//u);
    assert.match(textOf(second), /^..p2\//u);
    const { actor, cid, stream } = wish;
    const events = [first, second].map((sealed, index) => ({
      type: 'posted' as const,
      seq: index + 1,
      at: 1,
      actor,
      cid,
      text: textOf(sealed),
    }));
    const opened = await gatewayParts(parts).sealing.open(stream, events);
    assert.deepEqual(
      opened.map((event) => 'text' in event && event.text),
      ['first', 'second'],
    );
  });

  it('notes uses in lumps of 2²⁰, so that a restart forgets little of them', async () => {
    const parts = gatewayParts();
    const scope = newUserId();
    await parts.keys.forSealing(scope);
    for (let count = 0; count < 2 ** 20; count++) void parts.keys.forSealing(scope);
    await new Promise((resolve) => setImmediate(resolve));
    assert.equal((await parts.keyDocuments.newest(scope))?.uses, 2 ** 20);
  });

  it('that were erased are told from those that are lost', async () => {
    const parts = gatewayParts();
    const wish = aPost('words');
    await parts.sealing.seal(wish);
    const operations = new KeyOperations(parts.documents, parts.keyring);
    assert.equal(await operations.erase(wish.stream, 5), 1);
    const reader = gatewayParts(parts);
    assert.deepEqual(await reader.keys.forOpening(wish.stream, 1), { type: 'erased' });
    assert.deepEqual(await reader.keys.forOpening(wish.stream, 2), { type: 'none' });
    assert.equal((await reader.keys.forSealing(wish.stream)).generation, 2, 'what is said later has a key of its own');
  });

  it('that were changed or swapped where they are stored open nothing', async () => {
    const parts = gatewayParts();
    const [one, two] = [aPost('one'), aPost('two')];
    await parts.sealing.seal(one);
    await parts.sealing.seal(two);
    const [first, second] = [await parts.keyDocuments.newest(one.stream), await parts.keyDocuments.newest(two.stream)];
    assert.ok(first?.wrapped !== undefined && second?.wrapped !== undefined);
    assert.ok(await parts.keyDocuments.put({ ...first, wrapped: second.wrapped }));
    const reader = gatewayParts(parts);
    assert.deepEqual(await reader.keys.forOpening(one.stream, 1), { type: 'none' });
    await assert.rejects(async () => reader.keys.forSealing(one.stream), { code: 'keys-missing' });
  });
});
