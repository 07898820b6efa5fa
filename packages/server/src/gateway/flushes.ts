import type { Clock, Timer } from '../clock.ts';
import { Coalescing } from './coalescing.ts';
import type { Room } from './room.ts';

/** When rooms write: at once while there is time for it, gathered within a window when the node is busy. */
export class Flushes {
  readonly #clock: Clock;
  readonly #coalescing: Coalescing;
  /** When each room wrote last; only those of the last window matter, the others are forgotten with it. */
  readonly #wroteAt = new Map<Room, number>();
  readonly #waiting = new Set<Room>();
  #timer: Timer | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#coalescing = new Coalescing(() => clock.elapsed());
  }

  /** Events ask for so many writes, each on its own. */
  demand(writes: number): void {
    this.#coalescing.note(writes);
  }

  /** A room has something to write. */
  schedule(room: Room): void {
    if (this.#waiting.has(room)) return;
    const { windowMs } = this.#coalescing;
    const since = this.#clock.elapsed() - (this.#wroteAt.get(room) ?? Number.NEGATIVE_INFINITY);
    if (windowMs === 0 || since < 0 || since >= windowMs) {
      this.#write(room, windowMs);
      return;
    }
    this.#waiting.add(room);
    // One timer for all: rooms that come to it later wait less, so that sockets in several rooms get one write for them.
    this.#timer ??= this.#clock.after(windowMs - since, () => this.#writeAll(windowMs));
  }

  #writeAll(windowMs: number): void {
    this.#timer = undefined;
    const rooms = [...this.#waiting];
    this.#waiting.clear();
    this.#wroteAt.clear();
    for (const room of rooms) this.#write(room, windowMs);
  }

  #write(room: Room, windowMs: number): void {
    if (windowMs === 0) this.#wroteAt.clear();
    else this.#wroteAt.set(room, this.#clock.elapsed());
    room.flush();
  }
}
