import assert from 'node:assert/strict';
import { it } from 'node:test';
import fc from 'fast-check';
import { Lanes } from '../src/lanes.ts';

interface Item {
  readonly key: string;
  readonly number: number;
}
const step = fc.oneof(fc.record({ add: fc.constantFrom('a', 'b', 'c') }), fc.record({ remove: fc.nat({ max: 20 }) }));

it('lets the first of each lane go and nobody else, whoever leaves in whatever order', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const lanes = new Lanes<Item>();
      let items: Item[] = [];
      let number = 0;
      const firstOf = (key: string): Item | undefined => items.find((item) => item.key === key);
      for (const step of steps) {
        if ('add' in step) {
          const item = { key: step.add, number: number++ };
          lanes.add(item.key, item);
          items.push(item);
        } else {
          const item = items[step.remove];
          if (item === undefined) continue;
          const wasFirst = firstOf(item.key) === item;
          items = items.filter((other) => other !== item);
          assert.equal(lanes.remove(item), wasFirst ? firstOf(item.key) : undefined);
        }
        for (const item of items) assert.equal(lanes.isFirst(item), firstOf(item.key) === item);
      }
    }),
  );
});
