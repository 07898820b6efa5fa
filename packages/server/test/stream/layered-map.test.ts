import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { LayeredMap, withEntries, withEntry, withoutEntry } from '../../src/stream/layered-map.ts';

const keys = fc.integer({ min: 0, max: 700 });
const change = fc.oneof(
  fc.record({ type: fc.constant('set' as const), key: keys, value: fc.integer() }),
  fc.record({ type: fc.constant('delete' as const), key: keys }),
);

describe('a map that shares what did not change', () => {
  it('holds what a copied map would, and what it was made from stays as it was', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 600 }), fc.array(change, { maxLength: 120 }), (size, changes) => {
        const plain = new Map(Array.from({ length: size }, (_, key) => [key, key]));
        let shared: ReadonlyMap<number, number> = withEntries(new Map<number, number>(), [...plain]);
        for (const one of changes) {
          const [before, was] = [shared, new Map(plain)];
          if (one.type === 'set') plain.set(one.key, one.value);
          else plain.delete(one.key);
          shared = one.type === 'set' ? withEntry(shared, one.key, one.value) : withoutEntry(shared, one.key);
          assert.deepEqual(
            [before.size, before.get(one.key), before.has(one.key)],
            [was.size, was.get(one.key), was.has(one.key)],
          );
          assert.deepEqual(
            [shared.size, shared.get(one.key), shared.has(one.key)],
            [plain.size, plain.get(one.key), plain.has(one.key)],
          );
        }
        assert.deepEqual(new Map(shared), plain);
        assert.deepEqual(new Set(shared.keys()), new Set(plain.keys()));
        assert.equal([...shared.values()].length, plain.size);
      }),
    );
  });

  it('is copied whole once in many changes only', () => {
    const changes = 10_000;
    let map: ReadonlyMap<number, number> = new Map();
    let copies = 0;
    for (let key = 0; key < changes; key++) {
      map = withEntry(map, key, key);
      if (key > 256 && !(map instanceof LayeredMap)) copies++;
    }
    assert.equal(map.size, changes);
    assert.ok(copies < changes / 30, `${copies} of ${changes} changes copied everything`);
  });
});
