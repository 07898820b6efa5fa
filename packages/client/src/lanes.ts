/**
 * Queues side by side: of each lane only the first item may go, and the next one only when it has left. What may go is
 * known at any moment without looking at what waits, so that 10,000 waiting items cost an acknowledgement nothing.
 */
export class Lanes<Item extends object> {
  readonly #lanes = new Map<string, Set<Item>>();
  readonly #keys = new Map<Item, string>();

  /** Joins the end of its lane. */
  add(key: string, item: Item): void {
    const lane = this.#lanes.get(key);
    if (lane === undefined) this.#lanes.set(key, new Set([item]));
    else lane.add(item);
    this.#keys.set(item, key);
  }

  /** Whether the item is the first of its lane. */
  isFirst(item: Item): boolean {
    const key = this.#keys.get(item);
    return key !== undefined && firstOf(this.#lanes.get(key)) === item;
  }

  /** Takes an item out of its lane. Returns the one that is first now, where the item was first before. */
  remove(item: Item): Item | undefined {
    const key = this.#keys.get(item);
    const lane = key === undefined ? undefined : this.#lanes.get(key);
    if (key === undefined || lane === undefined) return undefined;
    const wasFirst = firstOf(lane) === item;
    this.#keys.delete(item);
    lane.delete(item);
    if (lane.size === 0) this.#lanes.delete(key);
    return wasFirst ? firstOf(lane) : undefined;
  }
}

function firstOf<Item>(lane: ReadonlySet<Item> | undefined): Item | undefined {
  for (const item of lane ?? []) return item;
  return undefined;
}
