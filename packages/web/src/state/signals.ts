import { type Signal, signal } from '@preact/signals';

/** A signal that holds an immutable map: readers see each change, writers replace single entries. */
export interface MapSignal<Key, Value> {
  readonly signal: Signal<ReadonlyMap<Key, Value>>;
  get(key: Key): Value | undefined;
  set(key: Key, value: Value): void;
  delete(key: Key): void;
  setAll(entries: Iterable<readonly [Key, Value]>): void;
  clear(): void;
}

export function mapSignal<Key, Value>(): MapSignal<Key, Value> {
  const held = signal<ReadonlyMap<Key, Value>>(new Map());
  return {
    signal: held,
    get: (key) => held.value.get(key),
    set: (key, value) => {
      if (held.peek().get(key) !== value) held.value = new Map(held.peek()).set(key, value);
    },
    delete: (key) => {
      if (!held.peek().has(key)) return;
      const next = new Map(held.peek());
      next.delete(key);
      held.value = next;
    },
    setAll: (entries) => {
      held.value = new Map([...held.peek(), ...entries]);
    },
    clear: () => {
      held.value = new Map();
    },
  };
}
