import type { StreamId } from '@parley/protocol';
import type { Watch } from './watch.ts';

/** Up to so many are looked through: most sessions have fewer, and a map of 20 takes three times the memory. */
const fewWatches = 32;

/** A session's watches, by stream. */
export class Watches {
  #few: Watch[] = [];
  #many: Map<StreamId, Watch> | undefined;

  get size(): number {
    return this.#many?.size ?? this.#few.length;
  }

  get(stream: StreamId): Watch | undefined {
    return this.#many === undefined ? this.#few.find(({ room }) => room.stream === stream) : this.#many.get(stream);
  }

  /** As they are now: whoever goes through them may end them. */
  all(): readonly Watch[] {
    return this.#many === undefined ? [...this.#few] : [...this.#many.values()];
  }

  /** Adds one of a stream that has none. */
  add(watch: Watch): void {
    if (this.#many === undefined && this.#few.length === fewWatches) {
      this.#many = new Map(this.#few.map((each) => [each.room.stream, each]));
      this.#few = [];
    }
    // By the room's own string, which all sessions share.
    if (this.#many === undefined) this.#few.push(watch);
    else this.#many.set(watch.room.stream, watch);
  }

  delete(watch: Watch): void {
    if (this.#many !== undefined) {
      if (this.#many.get(watch.room.stream) === watch) this.#many.delete(watch.room.stream);
      return;
    }
    const index = this.#few.indexOf(watch);
    if (index >= 0) this.#few.splice(index, 1);
  }
}
