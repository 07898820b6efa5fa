import type { Watch } from './watch.ts';

/** Who watches a room: a list in which each watch knows its place. A set would take four times the memory of it. */
export class Audience {
  readonly #watches: Watch[] = [];

  get size(): number {
    return this.#watches.length;
  }

  /** In no particular order. Whoever ends watches on the way goes through a copy. */
  [Symbol.iterator](): Iterator<Watch> {
    return this.#watches[Symbol.iterator]();
  }

  add(watch: Watch): void {
    watch.place = this.#watches.length;
    this.#watches.push(watch);
  }

  delete(watch: Watch): void {
    if (this.#watches[watch.place] !== watch) return;
    const last = this.#watches.pop();
    if (last === undefined || last === watch) return;
    this.#watches[watch.place] = last;
    last.place = watch.place;
  }
}
