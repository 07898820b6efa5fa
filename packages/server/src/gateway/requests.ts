import { type DeliveryMode, ParleyError, type WireError } from '@parley/protocol';
import { partitionOf } from '../broker/port.ts';
import type { Clock } from '../clock.ts';
import type { Wish } from '../stream/types.ts';
import type { Publisher } from './publisher.ts';

/** Without an answer by then the outcome is unknown and the sender is told `unavailable`: sending the same cid again is safe. */
const answerTimeoutMs = 10_000;
/**
 * A wish that its owner could not store is put into the log again for so long, after a pause that doubles: a store that is
 * restarted is back by then, and senders, whose own pauses grow much longer, would come to it late.
 */
const insistMs = 5_000;
const firstPauseMs = 250;
const longestPauseMs = 2_000;
/** Requests under way on one node. 50,000 is a second's work of several nodes: beyond it, waiting longer helps nobody. */
const maxPending = 50_000;

interface Asking {
  readonly partition: number;
  readonly wish: Wish;
  readonly insistUntil: number;
  /** Before it is asked again, should it be refused for now. */
  readonly pauseMs: number;
  readonly settle: (seq: number | undefined, error?: ParleyError) => void;
}

interface PendingRequest extends Asking {
  readonly deadline: number;
}

/** Wishes on their way: puts them in the log and matches answers to those who wait. */
export class Requests {
  readonly #node: string;
  readonly #partitions: number;
  readonly #isLogDurable: boolean;
  readonly #publisher: Publisher;
  readonly #clock: Clock;
  readonly #pending = new Map<number, PendingRequest>();
  /** Refused for now, and to be asked again. */
  #pausing = 0;
  #lastRef = 0;

  constructor(options: {
    node: string;
    partitions: number;
    isLogDurable: boolean;
    publisher: Publisher;
    clock: Clock;
  }) {
    this.#node = options.node;
    this.#partitions = options.partitions;
    this.#isLogDurable = options.isLogDurable;
    this.#publisher = options.publisher;
    this.#clock = options.clock;
  }

  get pending(): number {
    return this.#pending.size + this.#pausing;
  }

  /** Resolves with the seq, or 0 where the mode does not wait for it. */
  submit(wish: Wish, mode: DeliveryMode = 'exactly-once'): Promise<number> {
    const partition = partitionOf(wish.stream, this.#partitions);
    if (mode === 'at-most-once') {
      return this.#publisher.publish(partition, { type: 'wish', wish }).then(() => 0);
    }
    // A log that dies with its process gives no acknowledgement worth the name: there the store's is awaited.
    if (mode === 'at-least-once' && this.#isLogDurable) {
      return this.#publisher.publish(partition, { type: 'wish', wish, mustNotBeLost: true }).then(() => 0);
    }
    if (this.pending >= maxPending) return Promise.reject(new ParleyError('unavailable', { retryAfterMs: 1_000 }));
    return new Promise((resolve, reject) => {
      const settle: Asking['settle'] = (seq, error) => (seq === undefined ? reject(error) : resolve(seq));
      const insistUntil = this.#clock.elapsed() + insistMs;
      this.#ask({ partition, wish, settle, insistUntil, pauseMs: firstPauseMs });
    });
  }

  /** The number of the last request so far. */
  get lastRef(): number {
    return this.#lastRef;
  }

  /**
   * The owner of a partition has handled everything up to this request: answers that are not here were lost on their
   * way, with the owner before it or in the inbox. The same wishes are put into the log again; the `cid` finds what was
   * stored. Without this their senders would wait for the timeout. Returns how many they were.
   */
  askAgain(partition: number, upTo: number): number {
    const unanswered = [...this.#pending].filter(([ref, request]) => ref <= upTo && request.partition === partition);
    for (const [ref, request] of unanswered) {
      this.#pending.delete(ref);
      this.#ask(request);
    }
    return unanswered.length;
  }

  acknowledged(ref: number, seq: number): void {
    const request = this.#take(ref);
    request?.settle(seq);
  }

  refused(ref: number, error: WireError): void {
    const request = this.#take(ref);
    if (request === undefined) return;
    const { pauseMs, insistUntil } = request;
    if (error.code !== 'unavailable' || this.#clock.elapsed() + pauseMs > insistUntil)
      return request.settle(undefined, ParleyError.fromWire(error));
    this.#pausing++;
    this.#clock.after(pauseMs, () => {
      this.#pausing--;
      this.#ask({ ...request, pauseMs: Math.min(pauseMs * 2, longestPauseMs) });
    });
  }

  /** Called about once a second: gives up on what has waited too long. Requests are in order of their deadlines. */
  sweep(): void {
    const now = this.#clock.elapsed();
    for (const [ref, { deadline }] of this.#pending) {
      if (deadline > now) break;
      this.#fail(ref, undefined);
    }
  }

  #ask(asking: Asking): void {
    const ref = ++this.#lastRef;
    this.#pending.set(ref, { ...asking, deadline: this.#clock.elapsed() + answerTimeoutMs });
    const entry = { type: 'wish', wish: asking.wish, replyTo: { node: this.#node, ref } } as const;
    this.#publisher.publish(asking.partition, entry).catch((cause: unknown) => this.#fail(ref, cause));
  }

  #fail(ref: number, cause: unknown): void {
    const error = cause instanceof ParleyError ? cause : new ParleyError('unavailable', { retryAfterMs: 1_000, cause });
    this.#take(ref)?.settle(undefined, error);
  }

  #take(ref: number): PendingRequest | undefined {
    const request = this.#pending.get(ref);
    this.#pending.delete(ref);
    return request;
  }
}
