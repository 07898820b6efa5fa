import { ParleyError, type StreamId } from '@parley/protocol';
import type { DocumentStore } from '../store/documents.ts';

export const notesKind = 'effects';
/** Notes of one partition lie together, so that whoever owns it next finds them in one read. */
export const notesOwner = (partition: number): string => `p${partition}`;

/** The events of a stream, by seq and inclusive, whose effects may not be in the log yet. */
export type Range = readonly [from: number, to: number];
export type Ranges = Readonly<Record<StreamId, Range>>;

/** Events beyond those at hand that a note is good for: a busy thread needs one note in so many answers. */
const spareEvents = 100;
/** Beyond it, those that nothing is under way of are left out of the next one written. Weighs some 5 KB. */
const maxIdle = 100;
/** As many fit into a document. Beyond it senders are told to try again. */
const maxNotes = 1_000;
/** How long one stands that nothing is under way of, in ticks. */
const idleTicks = 10;
/**
 * When to look whether an append that was left in doubt has come after all, in ticks after the last look. The first one mostly
 * tells; what comes later was on its way to an engine that stood still.
 */
const looksAfterTicks = [1, 2, 10, 60];

/** Effects to be carried out again. */
export interface Owed {
  readonly stream: StreamId;
  readonly from: number;
  /** How often that was tried before. */
  readonly looks: number;
}

interface Note {
  /** Effects of events from here on may be missing. */
  from: number;
  /** What it is to be good for. */
  to: number;
  /** What it is good for: the document certainly has it up to here. */
  standsTo: number;
  /** Batches whose effects are under way, by the seq of their first event. */
  readonly open: Set<number>;
  /** Nobody carries them out: they have to be carried out again, now or after some ticks. */
  owed: { inTicks: number; looks: number } | undefined;
  /** They are being carried out again. */
  isPaying: boolean;
  quietTicks: number;
}

/**
 * What one owner of a partition is about to bring about elsewhere, noted in the store before it appends: whatever becomes of
 * it, whoever owns the partition next carries it out (`left-notes.ts`). A note may be of an append that never was; an append with
 * effects is never without one, and only the notes' own writer may append what they cover without anybody knowing.
 *
 * All notes of an owner are one document. Those that come at once are one write, and one that stands covers what comes next.
 */
export class EffectNotes {
  readonly #documents: DocumentStore;
  readonly #owner: string;
  readonly #key: string;
  readonly #notes = new Map<StreamId, Note>();
  /** Of the document; `undefined` when a write was left in doubt. */
  #version: number | undefined = 0;
  #write: Promise<void> = Promise.resolve();
  /** The write after the one under way. */
  #next: Promise<void> | undefined;
  /** The document has notes that nobody needs, at which the next owner would look. */
  #isStale = false;
  #isClosing = false;

  /** @param key names this owner of the partition in this one of its lives */
  constructor(documents: DocumentStore, partition: number, key: string) {
    this.#documents = documents;
    this.#owner = notesOwner(partition);
    this.#key = key;
  }

  /**
   * Resolves when it is noted that events `from` to `to` have effects.
   * @throws ParleyError `unavailable` where the store does not take it, or too much is under way
   */
  async begin(stream: StreamId, [from, to]: Range): Promise<void> {
    let note = this.#notes.get(stream);
    if (note === undefined) {
      if (this.#notes.size >= maxNotes) this.#forgetIdle(0);
      if (this.#notes.size >= maxNotes)
        throw new ParleyError('unavailable', { message: 'too many effects are under way' });
      note = { from, to, standsTo: 0, open: new Set(), owed: undefined, isPaying: false, quietTicks: 0 };
      this.#notes.set(stream, note);
    } else if (isIdle(note)) note.from = from;
    note.open.add(from);
    note.quietTicks = 0;
    if (to <= note.standsTo) return;
    note.to = to + spareEvents;
    try {
      await this.#save();
    } catch (error) {
      note.open.delete(from);
      throw error;
    }
  }

  /** The effects of a batch are in the log, or stored where the log dies with its process. */
  done(stream: StreamId, from: number): void {
    this.#notes.get(stream)?.open.delete(from);
    if (this.#isClosing) void this.close();
  }

  /** Something went wrong on the way: whatever there is to carry out, is carried out again. */
  failed(stream: StreamId): void {
    const note = this.#notes.get(stream);
    if (note === undefined) return;
    note.open.clear();
    note.isPaying = false;
    note.owed = { inTicks: 0, looks: 0 };
  }

  /** Streams whose effects have to be carried out again now, from which event on; each is to be settled by `paid` or `failed`. */
  takeOwed(): readonly Owed[] {
    const taken: Owed[] = [];
    for (const [stream, note] of this.#notes) {
      if (note.isPaying || note.owed === undefined || note.owed.inTicks-- > 0) continue;
      taken.push({ stream, from: note.from, looks: note.owed.looks });
      note.owed = undefined;
      note.isPaying = true;
    }
    return taken;
  }

  /** @param isThere whether anything was; an append that was left in doubt may come yet */
  paid({ stream, looks }: Owed, isThere: boolean): void {
    const note = this.#notes.get(stream);
    if (note === undefined) return;
    note.isPaying = false;
    const inTicks = looksAfterTicks[looks];
    if (!isThere && inTicks !== undefined) note.owed ??= { inTicks, looks: looks + 1 };
    if (this.#isClosing) void this.close();
  }

  /** Called about once a second: takes back what nobody has needed for a while. */
  tidy(): void {
    for (const note of this.#notes.values()) note.quietTicks = isIdle(note) ? note.quietTicks + 1 : 0;
    if (this.#forgetIdle(idleTicks)) this.#isStale = true;
    if (!this.#isStale) return;
    this.#isStale = false;
    this.#save().catch(() => (this.#isStale = true));
  }

  /** The partition is another's: its next owner sees to what is under way. */
  async close(): Promise<void> {
    this.#isClosing = true;
    if ([...this.#notes.values()].some((note) => !isIdle(note))) return;
    this.#notes.clear();
    await this.#write.catch(() => undefined);
    const version = this.#version;
    if (version === 0) return;
    this.#version = undefined;
    await this.#documents.deleteDocument(notesKind, this.#owner, this.#key, version).catch(() => undefined);
  }

  #forgetIdle(quietTicks: number): boolean {
    let isAnyGone = false;
    for (const [stream, note] of this.#notes) {
      if (!isIdle(note) || note.quietTicks < quietTicks) continue;
      this.#notes.delete(stream);
      isAnyGone = true;
    }
    return isAnyGone;
  }

  /** One write at a time; whoever comes during one shares the next. */
  #save(): Promise<void> {
    this.#next ??= this.#write
      .catch(() => undefined)
      .then(() => {
        this.#next = undefined;
        this.#write = this.#put();
        return this.#write;
      });
    return this.#next;
  }

  async #put(): Promise<void> {
    if (this.#notes.size > maxIdle) this.#forgetIdle(0);
    // Every note of before that is still known is in this write too: it stands whichever of the two the store has in the end.
    const known = Array.from(this.#notes, ([stream, note]) => ({ stream, note, range: [note.from, note.to] as const }));
    const body = JSON.stringify(Object.fromEntries(known.map(({ stream, range }) => [stream, range])));
    const document = { kind: notesKind, owner: this.#owner, key: this.#key, body };
    let version = this.#version;
    this.#version = undefined;
    if (version === undefined || !(await this.#documents.putDocument(document, version))) {
      // A write was left in doubt, or somebody took this owner for gone and has seen to what it had noted.
      version = (await this.#documents.document(notesKind, this.#owner, this.#key))?.version ?? 0;
      if (!(await this.#documents.putDocument(document, version))) throw new ParleyError('unavailable');
    }
    this.#version = version + 1;
    for (const { note, range } of known) note.standsTo = range[1];
  }
}

const isIdle = ({ open, owed, isPaying }: Note): boolean => open.size === 0 && owed === undefined && !isPaying;
