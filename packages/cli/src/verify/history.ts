import type { Cid, DeliveryMode, StreamEvent, StreamId, UserId } from '@parley/client';

/** What identifies a command for ever: its stream, its author and the id that the author gave it. */
export type CommandKey = `${StreamId} ${UserId} ${Cid}`;
export const keyOf = (stream: StreamId, actor: UserId, cid: Cid): CommandKey => `${stream} ${actor} ${cid}`;

/** A command that somebody sent, once or more often. */
export interface Sent {
  readonly key: CommandKey;
  readonly stream: StreamId;
  readonly mode: DeliveryMode;
  readonly isPost: boolean;
  /** Every seq that an acknowledgement named; 0 where the mode promises none. One entry for each acknowledgement. */
  readonly acknowledgements: number[];
  /** The code of a refusal for good. */
  refusal?: string;
}

/** An uninterrupted piece of what one viewer saw of one stream: dense from `first`, or the checker says otherwise. */
export interface Span {
  readonly viewer: string;
  readonly user: UserId;
  readonly stream: StreamId;
  /** Seq of the first event. */
  first: number;
  /** Which command each event came from, in the order of arrival. */
  readonly keys: CommandKey[];
  /** The seq that should have come first, where this piece follows another one after a jump. */
  readonly expected?: number;
  /** False once the viewer lost the right or stopped watching: nothing later is due. */
  isOpen: boolean;
}

/** Something that had to be refused. */
export interface Forbidden {
  readonly what: string;
  readonly outcome: 'refused' | 'allowed';
}

/** What one session was told by reads, in order: the head it saw, after having been acknowledged at `written`. */
export interface SessionRead {
  readonly session: string;
  readonly stream: StreamId;
  /** The highest seq that this session had seen or written there before the read. */
  readonly atLeast: number;
  readonly seen: number;
}

/** Everything the checker looks at. */
export interface History {
  readonly sent: ReadonlyMap<CommandKey, Sent>;
  readonly spans: readonly Span[];
  /** Each stream as the store has it in the end, read through the server. */
  readonly stored: ReadonlyMap<StreamId, readonly StreamEvent[]>;
  readonly forbidden: readonly Forbidden[];
  readonly reads: readonly SessionRead[];
}

/** Where clients write down what happens to them. */
export class Recorder {
  readonly sent = new Map<CommandKey, Sent>();
  readonly spans: Span[] = [];
  readonly forbidden: Forbidden[] = [];
  readonly reads: SessionRead[] = [];
  readonly #interned = new Map<string, CommandKey>();

  send(stream: StreamId, actor: UserId, cid: Cid, mode: DeliveryMode, isPost: boolean): void {
    const key = this.#intern(keyOf(stream, actor, cid));
    if (!this.sent.has(key)) this.sent.set(key, { key, stream, mode, isPost, acknowledgements: [] });
  }

  acknowledge(stream: StreamId, actor: UserId, cid: Cid, seq: number): void {
    this.sent.get(keyOf(stream, actor, cid))?.acknowledgements.push(seq);
  }

  refuse(stream: StreamId, actor: UserId, cid: Cid, code: string): void {
    const sent = this.sent.get(keyOf(stream, actor, cid));
    if (sent !== undefined) sent.refusal = code;
  }

  open(viewer: string, user: UserId, stream: StreamId): Span {
    return this.#begin({ viewer, user, stream, first: 0, keys: [], isOpen: true });
  }

  /** Notes an event; returns the piece it belongs to: the same, or a new one after a jump. */
  see(span: Span, event: StreamEvent): Span {
    if (span.keys.length === 0) span.first = event.seq;
    const expected = span.first + span.keys.length;
    if (event.seq === expected) {
      span.keys.push(this.#intern(keyOf(span.stream, event.actor, event.cid)));
      return span;
    }
    span.isOpen = false;
    const { viewer, user, stream } = span;
    return this.see(this.#begin({ viewer, user, stream, expected, first: event.seq, keys: [], isOpen: true }), event);
  }

  get acknowledgedPosts(): number {
    let count = 0;
    for (const sent of this.sent.values()) if (sent.isPost && sent.acknowledgements.length > 0) count++;
    return count;
  }

  #begin(span: Span): Span {
    this.spans.push(span);
    return span;
  }

  /** One string for each command, however many viewers saw it: a long run would not fit in memory otherwise. */
  #intern(key: CommandKey): CommandKey {
    const known = this.#interned.get(key);
    if (known !== undefined) return known;
    this.#interned.set(key, key);
    return key;
  }
}
