import type { StreamEvent } from '@parley/protocol';

/** Events kept while what lies before them is asked for; beyond it they are asked for again with the rest. */
const maxEarly = 1_000;

/** What became of a batch: events to deliver now, in order, and whether some are missing before others of the batch. */
export interface Ordered {
  readonly deliver: readonly StreamEvent[];
  readonly isMissing: boolean;
}

/** Gives each event of one stream once and in order, whatever comes twice, late or with a hole before it. */
export class StreamOrder {
  #last: number;
  readonly #early = new Map<number, StreamEvent>();

  /** @param last the seq before the first event to deliver */
  constructor(last: number) {
    this.#last = last;
  }

  /** The last seq delivered. */
  get last(): number {
    return this.#last;
  }

  /** The server says that events follow from after `seq`: what lies before is not for this reader. */
  skipTo(seq: number): void {
    if (seq <= this.#last) return;
    this.#last = seq;
    for (const early of this.#early.keys()) if (early <= seq) this.#early.delete(early);
  }

  accept(events: readonly StreamEvent[]): Ordered {
    const deliver: StreamEvent[] = [];
    for (const event of events) {
      if (event.seq <= this.#last) continue;
      if (event.seq === this.#last + 1) this.#take(event, deliver);
      else if (this.#early.size < maxEarly) this.#early.set(event.seq, event);
      for (let next = this.#early.get(this.#last + 1); next !== undefined; next = this.#early.get(this.#last + 1)) {
        this.#early.delete(next.seq);
        this.#take(next, deliver);
      }
    }
    // What is kept early from before does not count: a repair under way would be asked for again with each of its batches.
    return { deliver, isMissing: events.some(({ seq }) => seq > this.#last) };
  }

  /** Takes what comes as it comes. Only for tests that show that `accept` is needed. */
  believe(events: readonly StreamEvent[]): Ordered {
    this.#last = events.at(-1)?.seq ?? this.#last;
    return { deliver: events, isMissing: false };
  }

  #take(event: StreamEvent, deliver: StreamEvent[]): void {
    this.#last = event.seq;
    deliver.push(event);
  }
}
