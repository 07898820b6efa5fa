import type { StreamId } from '@parley/protocol';
import type { DocumentStore } from '../store/documents.ts';

const kind = 'effects';
const owner = 'owed';
/** Notes read at once at a start. */
const pageSize = 500;

interface Note {
  /** Effects of events from here on may not be stored. */
  readonly from: number;
  /** Batches whose effects are under way, by the seq of their first event. */
  readonly open: Set<number>;
  /** Nobody carries them out any more: they have to be carried out again. */
  isOwed: boolean;
  /** While it is being taken away. */
  going?: Promise<void>;
}

/**
 * What outlives a crash where the log does not: of each stream that has effects under way, a note in the store, written before
 * the append and taken away, a second later or so, when all are stored. A note may be of an append that never was; an append
 * with effects is never without one. One note serves all batches that come while it stands.
 */
export class EffectNotes {
  readonly #documents: DocumentStore;
  readonly #notes = new Map<StreamId, Note>();

  constructor(documents: DocumentStore) {
    this.#documents = documents;
  }

  /** Takes over what a process before this one left. */
  async load(): Promise<void> {
    for (let beyond: string | undefined; ; ) {
      const range = { direction: 'forward' as const, limit: pageSize, ...(beyond === undefined ? {} : { beyond }) };
      const page = await this.#documents.documents(kind, owner, range);
      for (const { key, body } of page) {
        const { from } = JSON.parse(body) as { readonly from: number };
        this.#notes.set(key as StreamId, { from, open: new Set(), isOwed: true });
      }
      beyond = page.at(-1)?.key;
      if (page.length < pageSize) return;
    }
  }

  /** Resolves when it is noted that events from `from` on have effects. Rejects where the store does not take it. */
  async begin(stream: StreamId, from: number): Promise<void> {
    await this.#notes.get(stream)?.going;
    const note = this.#notes.get(stream);
    if (note !== undefined) {
      note.open.add(from);
      return;
    }
    // One that stands already is of an attempt that was left in doubt, and reaches back further.
    await this.#documents.putDocument({ kind, owner, key: stream, body: JSON.stringify({ from }) }, 0);
    this.#notes.set(stream, { from, open: new Set([from]), isOwed: false });
  }

  /** The effects of a batch are stored. */
  done(stream: StreamId, from: number): void {
    this.#notes.get(stream)?.open.delete(from);
  }

  /** Something went wrong on the way: whatever there is to carry out, is carried out again. */
  failed(stream: StreamId): void {
    const note = this.#notes.get(stream);
    if (note === undefined) return;
    note.open.clear();
    note.isOwed = true;
  }

  /** Streams whose effects have to be carried out again, with the first event that may have some; each is named once. */
  takeOwed(): readonly { readonly stream: StreamId; readonly from: number }[] {
    const owed: { stream: StreamId; from: number }[] = [];
    for (const [stream, note] of this.#notes) {
      if (!note.isOwed) continue;
      note.isOwed = false;
      // Under way from now on, like a batch.
      note.open.add(note.from);
      owed.push({ stream, from: note.from });
    }
    return owed;
  }

  /** Called about once a second: takes away what nobody needs any more. */
  async sweep(): Promise<void> {
    const ended = [...this.#notes].filter(([, { open, isOwed, going }]) => open.size === 0 && !isOwed && !going);
    await Promise.all(
      ended.map(async ([stream, note]) => {
        const going = Promise.withResolvers<void>();
        note.going = going.promise;
        try {
          await this.#documents.deleteDocument(kind, owner, stream);
          this.#notes.delete(stream);
        } catch {
          // It stands, or does not: either way nothing is owed.
          delete note.going;
        }
        going.resolve();
      }),
    );
  }
}
