import type { StreamEvent, StreamId } from '@parley/protocol';
import { type Appended, appendBatch, type SequencerStore } from '../../src/sequencer/append-batch.ts';
import type { Outcome } from '../../src/sequencer/decide-batch.ts';
import type { LoadedStream } from '../../src/sequencer/loaded-stream.ts';
import { allSafeguards, defaultSequencerBounds, type SequencerBounds } from '../../src/sequencer/safeguards.ts';
import type { Wish } from '../../src/stream/index.ts';
import { VirtualClock } from '../virtual-clock.ts';

/** One sequencer's hand on streams: its memory of them, as long as nothing goes wrong. */
export class Writer {
  readonly #store: SequencerStore;
  readonly #bounds: SequencerBounds;
  readonly #known = new Map<StreamId, LoadedStream>();
  readonly #clock = new VirtualClock();

  constructor(store: SequencerStore, bounds: Partial<SequencerBounds> = {}) {
    this.#store = store;
    this.#bounds = { ...defaultSequencerBounds, ...bounds };
  }

  async append(stream: StreamId, wishes: readonly Wish[]): Promise<Appended> {
    const requests = wishes.map((wish) => ({ wish, replyTo: undefined, mustNotBeLost: false }));
    const context = { store: this.#store, clock: this.#clock, safeguards: allSafeguards, bounds: this.#bounds };
    try {
      const appended = await appendBatch(context, stream, this.#known.get(stream), requests);
      this.#known.set(stream, appended.loaded);
      return appended;
    } catch (error) {
      this.forget(stream);
      throw error;
    }
  }

  forget(stream: StreamId): void {
    this.#known.delete(stream);
  }
}

/** What a sender is told: a seq, or why not. */
export const answerTo = (outcome: Outcome): number | string => {
  if (outcome.type === 'rejected') return outcome.error.code;
  return outcome.type === 'stored' ? outcome.event.seq : outcome.seq;
};
export const answers = ({ outcomes }: Appended): (number | string)[] => outcomes.map(answerTo);

export const wholeLog = (store: SequencerStore, stream: StreamId): Promise<readonly StreamEvent[]> =>
  store.read(stream, 1, 100_000, 100_000);
