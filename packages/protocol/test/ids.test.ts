import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import {
  cidTimeMs,
  directConversationId,
  encodeBase32,
  isCid,
  isConversationId,
  isDirectConversationId,
  isStreamId,
  isUserId,
  newCid,
  newConversationId,
  newUserId,
  uuidv7Bytes,
} from '../src/index.ts';

const latest = 2 ** 48 - 1;
const source = (now: number, random = new Uint8Array(10)) => ({ now: () => now, random: () => random });
const bytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length });

describe('ids', () => {
  it('are of their kind and of no other', () => {
    const [conversation, user, cid] = [newConversationId(), newUserId(), newCid()];
    assert.ok(isConversationId(conversation) && isStreamId(conversation) && !isUserId(conversation));
    assert.ok(isUserId(user) && isStreamId(user) && !isConversationId(user));
    assert.ok(isCid(cid) && !isStreamId(cid));
    const good: string = newUserId();
    for (const text of ['', 'c_', 'c_ABCDEFGHJKMNPQRSTVWXYZ0123', `${good}0`, `x${good}`, `${good}\n`])
      assert.ok(!isStreamId(text), text);
    for (const text of ['short', 'x'.repeat(81), 'with space', 'né-né-né-né']) assert.ok(!isCid(text), text);
  });

  it('of follow-ups are cids too', () => {
    assert.ok(isCid(`${newConversationId()}:9007199254740991:a`));
  });

  it('sort by the time they were made, in every form', () => {
    fc.assert(
      fc.property(fc.nat({ max: latest }), fc.nat({ max: latest }), bytes(10), bytes(10), (a, b, random, other) => {
        fc.pre(a < b);
        assert.ok(newCid(source(a, random)) < newCid(source(b, other)));
        assert.ok(newUserId(source(a, random)) < newUserId(source(b, other)));
      }),
    );
  });

  it('tell when they were made', () => {
    fc.assert(
      fc.property(fc.nat({ max: latest }), bytes(10), (now, random) => {
        const cid = newCid(source(now, random));
        assert.equal(cidTimeMs(cid), now);
        assert.match(cid, /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
      }),
    );
    assert.equal(cidTimeMs('c_0123456789abcdefghjkmnpqrs:5:a'), undefined);
    assert.equal(cidTimeMs('00000000-0000-4000-8000-000000000000'), undefined);
  });

  it('carry every random bit but the six that say what they are', () => {
    const [none, all] = [uuidv7Bytes(0, new Uint8Array(10)), uuidv7Bytes(0, new Uint8Array(10).fill(255))];
    const differing = [...none].reduce(
      (sum, byte, index) => sum + ((byte ^ (all[index] ?? 0)).toString(2).match(/1/g)?.length ?? 0),
      0,
    );
    assert.equal(differing, 80 - 6);
  });
});

describe('base 32', () => {
  it('keeps the order of bytes and never makes one text of two', () => {
    fc.assert(
      fc.property(bytes(16), bytes(16), (a, b) => {
        const order = Math.sign(Buffer.compare(a, b));
        const [textA, textB] = [encodeBase32(a), encodeBase32(b)];
        assert.equal(textA < textB ? -1 : textA > textB ? 1 : 0, order);
        assert.equal(textA.length, 26);
      }),
    );
  });
});

describe('the conversation of two people', () => {
  it('is the same whoever starts it, and another for every other two', () => {
    const people = Array.from({ length: 40 }, () => newUserId());
    const seen = new Set<string>();
    for (const [index, one] of people.entries()) {
      for (const other of people.slice(index + 1)) {
        const id = directConversationId(one, other);
        assert.equal(id, directConversationId(other, one));
        assert.ok(isConversationId(id));
        assert.ok(isDirectConversationId(id));
        seen.add(id);
      }
    }
    assert.equal(seen.size, (40 * 39) / 2);
  });

  it('has an id that no group or channel ever gets', () => {
    const yearMs = 365 * 86_400_000;
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 4_000 * yearMs }),
        fc.uint8Array({ minLength: 10, maxLength: 10 }),
        (now, bytes) => {
          assert.equal(isDirectConversationId(newConversationId({ now: () => now, random: () => bytes })), false);
        },
      ),
    );
  });
});
