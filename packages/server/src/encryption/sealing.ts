import type { Message, Signal, StreamEvent, StreamId, UserId } from '@parley/protocol';
import type { StreamState, Wish } from '../stream/types.ts';

/** Now, or once a key is there: where nothing has to be waited for, the answer is no promise. */
export type Soon<Value> = Value | Promise<Value>;

/**
 * What is done with texts on their way in and out. What seals or opens throws, or rejects with, `keys-missing` where an operator
 * has to bring keys, and `unavailable` where they cannot be had for now.
 */
export interface Sealing {
  /**
   * A wish as it may leave this process: its texts judged (length, emptiness, who is addressed), then sealed. Throws, or
   * rejects with, the refusal.
   * @param isShownHere whether somebody at this process looks at the stream, so that its texts will soon be opened here; default: yes
   */
  seal(wish: Wish, isShownHere?: boolean): Soon<Wish>;
  /** Events as they may be shown to those who have the right to. */
  open(stream: StreamId, events: readonly StreamEvent[]): Soon<readonly StreamEvent[]>;
  openMessages(stream: StreamId, rows: readonly Message[]): Soon<readonly Message[]>;
  /** The name, topic and preferences of a folded state. */
  openState(state: StreamState): Soon<StreamState>;
  /**
   * A text that belongs to no stream.
   * @param of whose, or which, it is: it opens as no other
   */
  sealServerText(purpose: ServerPurpose, of: string, text: string): Soon<string>;
  /** `undefined` where it cannot be read. */
  openServerText(purpose: ServerPurpose, of: string, text: string): Soon<string | undefined>;
  /** Signals that carry text. `undefined` where it cannot be read: a signal may be lost. */
  sealSignal(actor: UserId, signal: Signal): Signal | undefined;
  openSignal(actor: UserId, signal: Signal): Signal | undefined;
}

/** A person's status; the body of a small document. */
export type ServerPurpose = 'status' | 'document';
