/** A map of so many entries is copied when it changes: that costs less than looking in two places. */
const copiedUpTo = 256;
const gone = Symbol('gone');

type Change<Key, Value> = readonly [Key, Value | typeof gone];

/**
 * A map that never changes, with one entry more. Large ones share what did not change: a room of 20,000 that people join one after
 * the other would otherwise be copied 20,000 times, 40 s of a core.
 */
export const withEntry = <Key, Value>(map: ReadonlyMap<Key, Value>, key: Key, value: Value): ReadonlyMap<Key, Value> =>
  changed(map, [[key, value]]);

export const withEntries = <Key, Value>(
  map: ReadonlyMap<Key, Value>,
  entries: readonly (readonly [Key, Value])[],
): ReadonlyMap<Key, Value> => changed(map, entries);

export const withoutEntry = <Key, Value>(map: ReadonlyMap<Key, Value>, key: Key): ReadonlyMap<Key, Value> =>
  map.has(key) ? changed(map, [[key, gone]]) : map;

function changed<Key, Value>(
  map: ReadonlyMap<Key, Value>,
  changes: readonly Change<Key, Value>[],
): ReadonlyMap<Key, Value> {
  const { base, over } = map instanceof LayeredMap ? (map as LayeredMap<Key, Value>) : { base: map, over: new Map() };
  // The layer is copied at each change and the base once a layer is full: about the same work for both at this size.
  if (base.size <= copiedUpTo || over.size + changes.length > 2 * Math.sqrt(base.size)) {
    const all = new Map(map);
    for (const [key, value] of changes) {
      if (value === gone) all.delete(key);
      else all.set(key, value);
    }
    return all;
  }
  const layer = new Map<Key, Value | typeof gone>(over);
  for (const [key, value] of changes) layer.set(key, value);
  return new LayeredMap(base, layer);
}

/** A map with what has changed since laid over it. Entries that were replaced stay in their place; new ones come last. */
export class LayeredMap<Key, Value> implements ReadonlyMap<Key, Value> {
  readonly base: ReadonlyMap<Key, Value>;
  readonly over: ReadonlyMap<Key, Value | typeof gone>;
  readonly size: number;

  constructor(base: ReadonlyMap<Key, Value>, over: ReadonlyMap<Key, Value | typeof gone>) {
    this.base = base;
    this.over = over;
    let { size } = base;
    for (const [key, value] of over) {
      if (value === gone) size -= base.has(key) ? 1 : 0;
      else size += base.has(key) ? 0 : 1;
    }
    this.size = size;
  }

  get(key: Key): Value | undefined {
    const value = this.over.get(key);
    if (value === gone) return undefined;
    return value ?? this.base.get(key);
  }

  has(key: Key): boolean {
    const value = this.over.get(key);
    return value === undefined ? this.base.has(key) : value !== gone;
  }

  *entries(): Generator<[Key, Value], undefined> {
    for (const [key, value] of this.base) {
      const now = this.over.get(key) ?? value;
      if (now !== gone) yield [key, now];
    }
    for (const [key, value] of this.over) if (value !== gone && !this.base.has(key)) yield [key, value];
    return undefined;
  }

  *keys(): Generator<Key, undefined> {
    for (const [key] of this.entries()) yield key;
    return undefined;
  }

  *values(): Generator<Value, undefined> {
    for (const [, value] of this.entries()) yield value;
    return undefined;
  }

  [Symbol.iterator](): Generator<[Key, Value], undefined> {
    return this.entries();
  }

  forEach(callback: (value: Value, key: Key, map: ReadonlyMap<Key, Value>) => void): void {
    for (const [key, value] of this.entries()) callback(value, key, this);
  }
}
