import { isConversationStream, type StreamEvent, type StreamId } from '@parley/protocol';
import { type Broker, partitionOf } from '../broker/port.ts';
import type { Clock } from '../clock.ts';
import { envelopeFor } from '../envelope.ts';
import type { DocumentStore } from '../store/documents.ts';
import type { StreamStore } from '../store/port.ts';
import { followUps } from '../stream/index.ts';
import type { FollowUp, Wish } from '../stream/types.ts';
import type { Appended } from './append-batch.ts';
import type { Outcome } from './decide-batch.ts';
import { EffectNotes } from './effect-notes.ts';
import { fetchRows, type LoadedStream, loadStream } from './loaded-stream.ts';

/** After this long the sender is left without an answer and sends again, which carries the effects out once more. */
const effectTimeoutMs = 10_000;
/** Effects under way at once; beyond it senders wait for `unavailable` and their resend. */
const maxPending = 100_000;
/** Commands whose effects are owed; beyond it only a resend carries them out. */
const maxOwed = 10_000;
/**
 * When to look whether an owner that was replaced and went on in good faith has stored what was refused here, in ms after the
 * last look: such a one lives for as long as it takes to notice, or stood still for as long as a machine is moved.
 */
const looksAfterMs = [2_000, 10_000, 60_000];

/** Events looked through at once, where effects are carried out again after a crash. */
const eventsAtOnce = 500;

interface Owed {
  readonly wish: Wish;
  readonly dueAt: number;
  /** How long to wait before each of the next looks, where this one finds nothing. */
  readonly thenAfterMs: readonly number[];
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
  readonly #onFound: (stream: StreamId) => void;
  /** Effects waiting to be stored, by the number their answer carries (negative: a node's own requests are positive). */
  readonly #pending = new Map<number, (stored: boolean) => void>();
  /** Commands that may be stored and whose effects the log may not have taken. */
  readonly #owed = new Map<string, Owed>();
  /** Where the log dies with its process. */
  readonly #notes: EffectNotes | undefined;
  #isPaying = false;
  #lastRef = 0;

  /** @param onFound is told of a stream where something was stored of which nobody who watches need have heard */
  constructor(
    node: string,
    broker: Broker,
    store: StreamStore & DocumentStore,
    clock: Clock,
    onFound: (stream: StreamId) => void = () => undefined,
  ) {
    this.#node = node;
    this.#broker = broker;
    this.#store = store;
    this.#clock = clock;
    this.#onFound = onFound;
    this.#notes = broker.durable ? undefined : new EffectNotes(store);
  }

  /** Takes over what a process before this one left; it is carried out with what is owed. */
  async start(): Promise<void> {
    await this.#notes?.load();
  }

  /** Called before an append: what it brings about is not forgotten from then on. */
  async begin(stream: StreamId, events: readonly StreamEvent[]): Promise<void> {
    const from = this.#notes === undefined ? undefined : firstWithEffects(events);
    if (from !== undefined) await this.#notes?.begin(stream, from);
  }

  /** An append was not taken, or left in doubt. */
  failed(stream: StreamId): void {
    this.#notes?.failed(stream);
  }

  /** An answer to an effect came to this node's inbox. */
  answered(ref: number, stored: boolean): void {
    const settle = this.#pending.get(ref);
    this.#pending.delete(ref);
    settle?.(stored);
  }

  /**
   * Resolves when every effect is in the log (rejects when the log does not take them, so that the batch comes again);
   * calls `answer` for each outcome as soon as it may be acknowledged, and `flush` after late ones.
   */
  async carryOut(
    stream: StreamId,
    appended: Appended,
    answer: (outcome: Outcome) => void,
    flush: () => void,
  ): Promise<void> {
    const from = this.#notes === undefined ? undefined : firstWithEffects(appended.events);
    try {
      const stored = await this.#carryOutAll(stream, appended, answer, flush);
      if (from !== undefined)
        void Promise.all(stored).then((all) => {
          if (all.every(Boolean)) this.#notes?.done(stream, from);
          else this.#notes?.failed(stream);
        });
    } catch (error) {
      this.failed(stream);
      this.owe(appended.outcomes.map(({ request }) => request.wish));
      throw error;
    }
  }

  /**
   * Notes commands whose append or whose effects failed: whoever may have stored an event sees to its effects as long as it
   * lives. Neither the log need deliver it again (the partition may be another's, which refused what was stored here
   * afterwards), nor its sender send it again (that one may be gone, or was told of that refusal).
   */
  owe(wishes: readonly Wish[]): void {
    this.#note(wishes, []);
  }

  /**
   * Notes commands that were refused here. Another owner, replaced without knowing it, may store one afterwards, when more has
   * happened, and die before anybody hears of it: nobody else would look for it again.
   */
  refused(wishes: readonly Wish[]): void {
    this.#note(wishes, looksAfterMs);
  }

  #note(wishes: readonly Wish[], looks: readonly number[]): void {
    if (!this.#broker.durable) return;
    const [firstMs = 0, ...thenAfterMs] = looks;
    for (const wish of wishes) {
      const key = `${wish.stream} ${wish.actor} ${wish.cid}`;
      if (!mayCauseEffects(wish) || (this.#owed.size >= maxOwed && !this.#owed.has(key))) continue;
      this.#owed.set(key, { wish, dueAt: this.#clock.elapsed() + firstMs, thenAfterMs });
    }
  }

  /**
   * Called about once a second: carries out what is owed, as far as store and log answer.
   * @param isLast looks for everything now, due or not
   */
  async payOwed(isLast = false): Promise<void> {
    if (this.#isPaying) return;
    this.#isPaying = true;
    try {
      await this.#notes?.sweep();
      // A log that dies with its process takes nothing more at the end: its notes are for the next one.
      if (!isLast) for (const { stream, from } of this.#notes?.takeOwed() ?? []) void this.#carryOutSince(stream, from);
      for (const [key, owed] of this.#owed) {
        if (!isLast && owed.dueAt > this.#clock.elapsed()) continue;
        const { stream, actor, cid } = owed.wish;
        // Another owner may have stored it and died at once: asking for the head makes sure that it is found.
        await this.#store.head(stream);
        const seq = await this.#store.findByCid(stream, actor, cid);
        const [nextMs, ...thenAfterMs] = owed.thenAfterMs;
        if (seq !== undefined) {
          await this.#publish(await this.#effectsOfDuplicate(stream, seq));
          this.#onFound(stream);
        }
        // Owed anew meanwhile, it is looked for anew.
        if (this.#owed.get(key) !== owed) continue;
        if (seq !== undefined || nextMs === undefined) this.#owed.delete(key);
        else this.#owed.set(key, { ...owed, dueAt: this.#clock.elapsed() + nextMs, thenAfterMs });
      }
    } catch {
      // Still owed, and tried again.
    } finally {
      this.#isPaying = false;
    }
  }

  async #carryOutAll(
    stream: StreamId,
    appended: Appended,
    answer: (outcome: Outcome) => void,
    flush: () => void,
  ): Promise<readonly Promise<boolean>[]> {
    // All effects are known before the first is published: nothing is under way when the store fails on the way there.
    const known: { readonly outcome: Outcome; readonly effects: readonly FollowUp[] }[] = [];
    for (const outcome of appended.outcomes) {
      // Most messages have no effects, and nothing is awaited for them.
      const effects =
        outcome.type === 'duplicate'
          ? await this.#effectsOfDuplicate(stream, outcome.seq)
          : effectsOf(appended, outcome);
      known.push({ outcome, effects });
    }
    const publishing: Promise<{ readonly stored: Promise<boolean> }>[] = [];
    for (const { outcome, effects } of known) {
      if (effects.length === 0) answer(outcome);
      else publishing.push(this.#carryOut(effects, () => answer(outcome), flush));
    }
    if (publishing.length === 0) return [];
    return (await Promise.all(publishing)).map(({ stored }) => stored);
  }

  async #carryOut(
    effects: readonly FollowUp[],
    answer: () => void,
    flush: () => void,
  ): Promise<{ readonly stored: Promise<boolean> }> {
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

  /** Carries out again whatever the events of a stream bring about, from one on. */
  async #carryOutSince(stream: StreamId, from: number): Promise<void> {
    try {
      const loaded = await loadStream(this.#store, stream);
      const head = loaded.state?.head ?? 0;
      for (let seq = from; seq <= head; ) {
        const events = await this.#store.read(stream, seq, head, eventsAtOnce);
        for (const event of events) {
          const { stored } = await this.#publish(await this.#effectsOfPast(stream, loaded, event));
          if (!(await stored)) throw new Error(`the effects of ${stream} ${event.seq} were not stored`);
        }
        seq = (events.at(-1)?.seq ?? head) + 1;
      }
      this.#notes?.done(stream, from);
    } catch {
      // Still owed, and tried again.
      this.failed(stream);
    }
  }

  /** The effects of an event of the past, computed from today's state: enough, since each is idempotent. */
  async #effectsOfDuplicate(stream: StreamId, seq: number): Promise<readonly FollowUp[]> {
    const [event] = await this.#store.read(stream, seq, seq, 1);
    if (event === undefined || !mayHaveEffects(event)) return [];
    return this.#effectsOfPast(stream, await loadStream(this.#store, stream), event);
  }

  async #effectsOfPast(stream: StreamId, loaded: LoadedStream, event: StreamEvent): Promise<readonly FollowUp[]> {
    if (!mayHaveEffects(event)) return [];
    const target =
      event.type === 'edited' ? [event.target] : event.type === 'posted' ? [event.seq, event.thread ?? 0] : [];
    await fetchRows(this.#store, stream, loaded, target);
    return loaded.state === undefined ? [] : followUps(loaded.state, event, loaded.rows);
  }

  /** Resolves when the log has them all, with a promise of whether they were stored. */
  async #publish(effects: readonly FollowUp[]): Promise<{ readonly stored: Promise<boolean> }> {
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

const firstWithEffects = (events: readonly StreamEvent[]): number | undefined => events.find(mayHaveEffects)?.seq;

const mayHaveEffects = (event: StreamEvent): boolean =>
  event.type === 'created' ||
  event.type === 'membersAdded' ||
  event.type === 'memberRemoved' ||
  ((event.type === 'posted' || event.type === 'edited') &&
    (event.mentions !== undefined || (event.type === 'posted' && event.thread !== undefined)));

/** Most commands are posts that name nobody. */
const mayCauseEffects = ({ stream, command }: Wish): boolean =>
  isConversationStream(stream) &&
  command.type !== 'react' &&
  (command.type !== 'post' || command.mentions !== undefined || command.thread !== undefined) &&
  (command.type !== 'edit' || command.mentions !== undefined);
