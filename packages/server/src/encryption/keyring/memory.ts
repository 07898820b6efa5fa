import type { KeyObject } from 'node:crypto';
import { LocalKeyring, masterKeyOf, newMasterKey } from './local.ts';
import type { Keyring } from './port.ts';

/** A keyring that ends with its process: for tests, simulations and benches. */
export function memoryKeyring(first: string = newMasterKey()): Keyring {
  const keys = new Map<number, KeyObject>([[1, masterKeyOf(first, 'The first key')]]);
  let current = 1;
  const add = (): number => {
    const version = Math.max(...keys.keys()) + 1;
    keys.set(version, masterKeyOf(newMasterKey(), 'A new key'));
    return version;
  };
  return new LocalKeyring({
    name: 'The keyring in memory',
    read: () => Promise.resolve({ current, keys: new Map(keys) }),
    init: () => Promise.resolve(undefined),
    prepare: () => Promise.resolve(add()),
    async advance() {
      const newest = Math.max(...keys.keys());
      current = newest > current ? newest : add();
      return current;
    },
    async destroyBelow(version) {
      for (const one of keys.keys()) if (one < version) keys.delete(one);
      return undefined;
    },
  });
}
