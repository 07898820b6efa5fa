import type { Signal, StreamEvent, StreamId, UserId } from '@parley/protocol';
import type { Wish } from '../stream/types.ts';

/** What a gateway does with texts on their way in and out. Where nothing has to be waited for, the answer is no promise. */
export interface Sealing {
  /**
   * A wish as it may leave this process: its texts judged (length, emptiness, who is addressed), then sealed.
   * Throws, or rejects with, the refusal; or `unavailable` or `keys-missing` where the keys cannot be had.
   */
  seal(wish: Wish): Wish | Promise<Wish>;
  /** Events as they may be shown to those who have the right to. Rejects as `seal` does. */
  open(stream: StreamId, events: readonly StreamEvent[]): readonly StreamEvent[] | Promise<readonly StreamEvent[]>;
  /** The same of signals that carry text. `undefined` where it cannot be read: a signal may be lost. */
  sealSignal(actor: UserId, signal: Signal): Signal | undefined;
  openSignal(actor: UserId, signal: Signal): Signal | undefined;
}
