import { isConversationStream, type StreamEvent, type StreamId } from '@parley/protocol';
import type { Clock } from '../clock.ts';
import type { Log } from '../log.ts';
import type { DocumentStore } from '../store/documents.ts';
import type { Appended } from './append-batch.ts';
import type { Outcome } from './decide-batch.ts';
import { EffectNotes, type Owed, type Range } from './effect-notes.ts';
import { type FollowUps, mayHaveEffects } from './follow-ups.ts';
import { LeftNotes } from './left-notes.ts';
import type { Safeguards } from './safeguards.ts';

export interface EffectsOptions {
  readonly followUps: FollowUps;
  readonly documents: DocumentStore;
  readonly clock: Clock;
  readonly log: Log;
  readonly partition: number;
  /** Names this owner of the partition in this one of its lives. */
  readonly key: string;
  /** The log dies with its process, so that no other one appends. */
  readonly isAlone: boolean;
  readonly safeguards: Safeguards;
  /** Told of a stream where something was stored of which nobody who watches need have heard. */
  readonly onFound: (stream: StreamId) => void;
}

/**
 * Sees to it that no event of one partition stays without its effects, whoever stored it and whatever became of them: they are
 * noted in the store before the append, until they are carried out. The log does not do that alone. It delivers a command
 * again until a batch with it has been handled; but a replaced owner that goes on in good faith may still store one that
 * the partition's owner has refused or found done, and die before its effects are out, when nobody waits for them.
 */
export class Effects {
  readonly #options: EffectsOptions;
  readonly #notes: EffectNotes;
  readonly #left: LeftNotes;
  #isPaying = false;

  constructor(options: EffectsOptions) {
    this.#options = options;
    const { documents, partition, key, clock, log, isAlone } = options;
    this.#notes = new EffectNotes(documents, partition, key);
    const carryOut = (stream: StreamId, from: number, to: number): Promise<number> =>
      this.#carryOutStored(stream, from, to);
    this.#left = new LeftNotes({ documents, partition, key, clock, log, isAlone, carryOut });
  }

  /**
   * Called before an append: what it brings about is not forgotten from then on.
   * @throws ParleyError `unavailable`
   */
  async begin(stream: StreamId, events: readonly StreamEvent[]): Promise<void> {
    const range = this.#rangeOf(stream, events);
    if (range !== undefined) await this.#notes.begin(stream, range);
  }

  /** An append was not taken, or left in doubt. */
  failed(stream: StreamId): void {
    this.#notes.failed(stream);
  }

  /** As `FollowUps.carryOut`; what fails on the way is carried out again. */
  async carryOut(
    stream: StreamId,
    appended: Appended,
    answer: (outcome: Outcome) => void,
    flush: () => void,
  ): Promise<void> {
    const range = this.#rangeOf(stream, appended.events);
    try {
      const { stored } = await this.#options.followUps.carryOut(stream, appended, answer, flush);
      if (range === undefined) return;
      void stored.then((areAll) => {
        if (areAll) this.#notes.done(stream, range[0]);
        else this.#notes.failed(stream);
      });
    } catch (error) {
      this.failed(stream);
      throw error;
    }
  }

  /** Called about once a second. */
  beat(): void {
    if (!this.#options.safeguards.notesEffects) return;
    this.#notes.tidy();
    void this.#payOwed();
    void this.#left.look();
  }

  /** The partition is another's. What is under way stays noted. */
  close(): Promise<void> {
    return this.#notes.close();
  }

  /** One after the other: a store that does not answer is not asked for everything at once. */
  async #payOwed(): Promise<void> {
    if (this.#isPaying) return;
    this.#isPaying = true;
    for (const owed of this.#notes.takeOwed()) await this.#pay(owed);
    this.#isPaying = false;
  }

  async #pay(owed: Owed): Promise<void> {
    try {
      const head = await this.#carryOutStored(owed.stream, owed.from, Number.MAX_SAFE_INTEGER);
      this.#notes.paid(owed, head >= owed.from);
    } catch (error) {
      this.#options.log.debug({ stream: owed.stream, error: String(error) }, 'effects are still owed');
      this.#notes.failed(owed.stream);
    }
  }

  async #carryOutStored(stream: StreamId, from: number, to: number): Promise<number> {
    const head = await this.#options.followUps.carryOutStored(stream, from, to);
    if (head >= from) this.#options.onFound(stream);
    return head;
  }

  #rangeOf(stream: StreamId, events: readonly StreamEvent[]): Range | undefined {
    if (!this.#options.safeguards.notesEffects || !isConversationStream(stream)) return undefined;
    const first = events.find(mayHaveEffects);
    return first === undefined ? undefined : [first.seq, events.at(-1)?.seq ?? first.seq];
  }
}
