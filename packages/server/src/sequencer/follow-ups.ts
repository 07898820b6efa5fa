import { isConversationStream, ParleyError, type StreamEvent, type StreamId } from '@parley/protocol';
import { type Broker, partitionOf } from '../broker/port.ts';
import type { Clock } from '../clock.ts';
import { envelopeFor } from '../envelope.ts';
import type { StreamStore } from '../store/port.ts';
import { followUps } from '../stream/index.ts';
import type { FollowUp, Wish } from '../stream/types.ts';
import type { Appended } from './append-batch.ts';
import type { Outcome } from './decide-batch.ts';
import { fetchRows, type LoadedStream, loadStream } from './loaded-stream.ts';

/** After this long the sender is left without an answer and sends again, which carries the effects out once more. */
const effectTimeoutMs = 10_000;
/** Effects under way at once; beyond it senders wait for `unavailable` and their resend. */
const maxPending = 100_000;
/** Events looked through at once, where effects are carried out again. */
const eventsAtOnce = 500;
/** Events of the past read at once, each by itself: a store has connections for no more. */
const readsAtOnce = 50;

/** Effects that are in the log. */
export interface Published {
  /** Whether all of them are stored; with a durable log that is not waited for. */
  readonly stored: Promise<boolean>;
}

/**
 * Carries the effects of stored events out in other streams, as commands of their own (design, section 4), and answers
 * a sender only then. With a durable log it is enough that the log has them; a log that dies with its process
 * (`broker.durable` false) would forget them in a crash, so there the answer waits until they are stored.
 * Either way a sender without an answer sends again, and effects are repeated for duplicates: derived cids make that harmless.
 */
export class FollowUps {
  readonly #node: string;
  readonly #broker: Broker;
  readonly #store: StreamStore;
  readonly #clock: Clock;
  /** Effects waiting to be stored, by the number their answer carries (negative: a node's own requests are positive). */
  readonly #pending = new Map<number, (stored: boolean) => void>();
  #lastRef = 0;

  constructor(node: string, broker: Broker, store: StreamStore, clock: Clock) {
    this.#node = node;
    this.#broker = broker;
    this.#store = store;
    this.#clock = clock;
  }

  /** An answer to an effect came to this node's inbox. */
  answered(ref: number, stored: boolean): void {
    const settle = this.#pending.get(ref);
    this.#pending.delete(ref);
    settle?.(stored);
  }

  /**
   * Resolves when every effect is in the log (rejects when the log does not take them, so that the batch comes again), with a
   * promise of whether they were stored where the log dies with its process; calls `answer` for each outcome as soon as it
   * may be acknowledged, and `flush` after late ones.
   */
  async carryOut(
    stream: StreamId,
    appended: Appended,
    answer: (outcome: Outcome) => void,
    flush: () => void,
  ): Promise<Published> {
    // All effects are known before the first is published: nothing is under way when the store fails on the way there.
    const again = await this.#effectsOfDuplicates(stream, appended);
    const publishing: Promise<Published>[] = [];
    for (const outcome of appended.outcomes) {
      const effects = outcome.type === 'duplicate' ? (again.get(outcome.seq) ?? []) : effectsOf(appended, outcome);
      if (effects.length === 0) answer(outcome);
      else publishing.push(this.#carryOut(effects, () => answer(outcome), flush));
    }
    if (publishing.length === 0) return { stored: Promise.resolve(true) };
    const published = await Promise.all(publishing);
    return { stored: Promise.all(published.map(({ stored }) => stored)).then((all) => all.every(Boolean)) };
  }

  /**
   * Carries out, again or for the first time, whatever the stored events of a stream from `from` to `to` bring about. Resolves with the
   * stream's head when all of it is in the log, or stored where the log dies with its process; rejects where that fails.
   */
  async carryOutStored(stream: StreamId, from: number, to: number): Promise<number> {
    // Another owner may have stored them and died at once: asking for the head makes sure that all of it is found.
    const head = await this.#store.head(stream);
    const last = Math.min(head, to);
    if (last < from) return head;
    const loaded = await loadStream(this.#store, stream);
    for (let seq = from; seq <= last; ) {
      const events = await this.#store.read(stream, seq, last, eventsAtOnce);
      for (const [from, effects] of await this.#effectsOfPast(stream, loaded, events)) {
        const { stored } = await this.#publish(effects);
        if (!(await stored)) throw new ParleyError('unavailable', { message: `no effects of ${stream} ${from}` });
      }
      seq = (events.at(-1)?.seq ?? last) + 1;
    }
    return head;
  }

  async #carryOut(effects: readonly FollowUp[], answer: () => void, flush: () => void): Promise<Published> {
    const published = await this.#publish(effects);
    if (this.#broker.durable) answer();
    else
      void published.stored.then((all) => {
        if (!all) return;
        answer();
        flush();
      });
    return published;
  }

  /**
   * By seq, the effects of what was seen before. After an outage everybody sends again at once: most of it brings nothing about,
   * and for the rest the state at hand does.
   */
  async #effectsOfDuplicates(
    stream: StreamId,
    { outcomes, loaded }: Appended,
  ): Promise<ReadonlyMap<number, readonly FollowUp[]>> {
    const seqs = new Set<number>();
    for (const outcome of outcomes)
      if (outcome.type === 'duplicate' && mayCauseEffects(outcome.request.wish)) seqs.add(outcome.seq);
    const events: StreamEvent[] = [];
    for (const waiting = [...seqs]; waiting.length > 0; ) {
      const reads = waiting.splice(0, readsAtOnce).map((seq) => this.#store.read(stream, seq, seq, 1));
      events.push(...(await Promise.all(reads)).flat());
    }
    return this.#effectsOfPast(stream, loaded, events);
  }

  /** By seq, the effects of events of the past, computed from today's state: enough, since each is idempotent. */
  async #effectsOfPast(
    stream: StreamId,
    loaded: LoadedStream,
    events: readonly StreamEvent[],
  ): Promise<ReadonlyMap<number, readonly FollowUp[]>> {
    const { state, rows } = loaded;
    const bringing = events.filter(mayHaveEffects);
    if (state === undefined || bringing.length === 0) return new Map();
    await fetchRows(this.#store, stream, loaded, bringing.flatMap(rowsOf));
    return new Map(bringing.map((event) => [event.seq, followUps(state, event, rows)]));
  }

  /** Resolves when the log has them all, with a promise of whether they were stored. */
  async #publish(effects: readonly FollowUp[]): Promise<Published> {
    const byPartition = new Map<number, Uint8Array[]>();
    const stored: Promise<boolean>[] = [];
    for (const wish of effects) {
      const partition = partitionOf(wish.stream, this.#broker.partitions);
      const waiting = byPartition.get(partition) ?? [];
      byPartition.set(partition, waiting);
      if (this.#broker.durable) {
        waiting.push(envelopeFor(this.#broker, { type: 'wish', wish, mustNotBeLost: true }));
      } else {
        const ref = --this.#lastRef;
        stored.push(this.#expect(ref));
        waiting.push(
          envelopeFor(this.#broker, { type: 'wish', wish, replyTo: { node: this.#node, ref }, mustNotBeLost: true }),
        );
      }
    }
    await Promise.all(Array.from(byPartition, ([partition, payloads]) => this.#broker.publish(partition, payloads)));
    return { stored: Promise.all(stored).then((results) => results.every(Boolean)) };
  }

  #expect(ref: number): Promise<boolean> {
    if (this.#pending.size >= maxPending) return Promise.resolve(false);
    return new Promise((resolve) => {
      const timer = this.#clock.after(effectTimeoutMs, () => this.answered(ref, false));
      this.#pending.set(ref, (stored) => {
        timer.cancel();
        resolve(stored);
      });
    });
  }
}

function effectsOf(appended: Appended, outcome: Outcome): readonly FollowUp[] {
  if (outcome.type !== 'stored') return [];
  const state = appended.states[outcome.event.seq - (appended.events[0]?.seq ?? 0)];
  return state === undefined ? [] : followUps(state, outcome.event, appended.rows);
}

/** Most messages concern nobody in particular. */
export const mayHaveEffects = (event: StreamEvent): boolean =>
  event.type === 'created' ||
  event.type === 'membersAdded' ||
  event.type === 'memberRemoved' ||
  ((event.type === 'posted' || event.type === 'edited') &&
    (event.mentions !== undefined || (event.type === 'posted' && event.thread !== undefined)));

/** The rows that tell whom an event concerns. */
const rowsOf = (event: StreamEvent): readonly number[] =>
  event.type === 'edited' ? [event.target] : event.type === 'posted' ? [event.seq, event.thread ?? 0] : [];

/** Most commands are posts that name nobody. */
const mayCauseEffects = ({ stream, command }: Wish): boolean =>
  isConversationStream(stream) &&
  command.type !== 'react' &&
  (command.type !== 'post' || command.mentions !== undefined || command.thread !== undefined) &&
  (command.type !== 'edit' || command.mentions !== undefined);
