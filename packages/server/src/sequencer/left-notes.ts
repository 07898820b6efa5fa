import type { StreamId } from '@parley/protocol';
import type { Clock } from '../clock.ts';
import type { Log } from '../log.ts';
import type { Document, DocumentStore } from '../store/documents.ts';
import { notesKind, notesOwner, type Ranges } from './effect-notes.ts';

/** How often to look, in ms. Notes of owners that work change in between, or go. */
const lookEveryMs = 5_000;
/** At most as long between two looks at one owner's notes that may yet be followed by an append. */
const maxWaitMs = 300_000;
/** An owner that has not touched its notes for so long is gone, and what it noted was never appended. */
const keptMs = 3_600_000;
/** Owners of a partition whose notes stand at once: one, and those that crashed within the hour. */
const maxOwners = 200;

/** One owner's notes, as they have been since they were seen first. */
interface Left {
  readonly version: number;
  readonly sinceMs: number;
  /** Up to which event the effects of each stream are carried out. */
  readonly carriedOut: Map<StreamId, number>;
  dueMs: number;
  waitMs: number;
}

export interface LeftNotesOptions {
  readonly documents: DocumentStore;
  readonly partition: number;
  /** This owner's own. */
  readonly key: string;
  readonly clock: Clock;
  readonly log: Log;
  /** No other process appends: whoever left notes is dead, and what it had not stored never comes. */
  readonly isAlone: boolean;
  /** Resolves with the stream's head when the effects of its events of the range are carried out. */
  readonly carryOut: (stream: StreamId, from: number, to: number) => Promise<number>;
}

/**
 * Sees to what other owners of a partition noted and did not take back: they died of it, or went on in good faith when they
 * had been replaced, stored what was refused here, and died of that. What a note covers is decided once the stream has gone
 * beyond it; until then its writer may stand still between the note and the append, so the note is kept and looked at again.
 */
export class LeftNotes {
  readonly #options: LeftNotesOptions;
  readonly #left = new Map<string, Left>();
  #nextLookMs = 0;
  #isLooking = false;
  #isOver = false;

  constructor(options: LeftNotesOptions) {
    this.#options = options;
  }

  /** Called about once a second. Never rejects: what fails is tried again. */
  async look(): Promise<void> {
    const { documents, partition, clock, key, isAlone, log } = this.#options;
    const now = clock.elapsed();
    if (this.#isLooking || this.#isOver || now < this.#nextLookMs) return;
    this.#isLooking = true;
    try {
      const range = { direction: 'forward' as const, limit: maxOwners };
      const found = (await documents.documents(notesKind, notesOwner(partition), range)).filter(
        (note) => note.key !== key,
      );
      for (const gone of [...this.#left.keys()].filter((name) => found.every((note) => note.key !== name)))
        this.#left.delete(gone);
      for (const note of found) await this.#see(note, now);
      this.#nextLookMs = now + lookEveryMs;
      this.#isOver = isAlone;
    } catch (error) {
      log.debug({ partition, error: String(error) }, 'notes of other owners are still to be seen to');
    } finally {
      this.#isLooking = false;
    }
  }

  async #see({ key, version, body }: Document, now: number): Promise<void> {
    const { documents, partition, carryOut, isAlone, log } = this.#options;
    let left = this.#left.get(key);
    if (left?.version !== version) {
      left = { version, sinceMs: now, carriedOut: new Map(), dueMs: now, waitMs: lookEveryMs };
      this.#left.set(key, left);
      // Whoever is at work sees to it itself, as a rule before the next look.
      if (!isAlone) return;
    }
    if (now < left.dueMs) return;
    let isDecided = true;
    let streams = 0;
    for (const [stream, [from, to]] of Object.entries(JSON.parse(body) as Ranges) as [StreamId, Ranges[StreamId]][]) {
      const next = Math.max(from, (left.carriedOut.get(stream) ?? 0) + 1);
      if (next > to) continue;
      const head = await carryOut(stream, next, to);
      left.carriedOut.set(stream, head);
      if (head >= next) streams++;
      if (head < to) isDecided = false;
    }
    if (streams > 0) log.info({ partition, owner: key, streams }, 'carried out effects that another owner had noted');
    if (isDecided || isAlone || now - left.sinceMs > keptMs) {
      await documents.deleteDocument(notesKind, notesOwner(partition), key, version);
    } else {
      left.dueMs = now + left.waitMs;
      left.waitMs = Math.min(2 * left.waitMs, maxWaitMs);
    }
  }
}
