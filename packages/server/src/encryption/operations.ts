import { ParleyError } from '@parley/protocol';
import type { DocumentStore } from '../store/documents.ts';
import { everyScope } from './erasures.ts';
import { contextOf, KeyDocuments, type StoredKey } from './key-documents.ts';
import { type Keyring, KeyringError } from './keyring/port.ts';

/** Keys wrapped anew at a time: enough to hide the way to the engine and the keyring. */
const atOnce = 16;
const maxAttempts = 8;

export interface KeyCensus {
  /** Data keys by the version of the master key they are wrapped under. */
  readonly wrapped: ReadonlyMap<number, number>;
  readonly erased: number;
  /** Wrapped by something that is no keyring of this kind. */
  readonly foreign: number;
}

export interface Rewrapped {
  readonly rewrapped: number;
  /** Scopes of keys that do not open: they were changed where they are stored. */
  readonly damaged: readonly string[];
}

/** What an operator does with keys, beside running servers. */
export class KeyOperations {
  readonly #documents: KeyDocuments;
  readonly #keyring: Keyring;

  constructor(documents: DocumentStore, keyring: Keyring) {
    this.#documents = new KeyDocuments(documents);
    this.#keyring = keyring;
  }

  async census(): Promise<KeyCensus> {
    const wrapped = new Map<number, number>();
    let [erased, foreign] = [0, 0];
    for await (const stored of this.#documents.all()) {
      const version = stored.wrapped === undefined ? undefined : this.#keyring.versionOf(stored.wrapped);
      if (stored.wrapped === undefined) erased++;
      else if (version === undefined) foreign++;
      else wrapped.set(version, (wrapped.get(version) ?? 0) + 1);
    }
    return { wrapped, erased, foreign };
  }

  /** The keys of one conversation or person, oldest first. */
  generations(scope: string): Promise<readonly StoredKey[]> {
    return this.#documents.generations(scope);
  }

  /** Wraps every key under the current master key that is under another. Servers go on meanwhile. */
  async rewrapAll(onProgress: (rewrapped: number) => void = () => undefined): Promise<Rewrapped> {
    const { current } = await this.#keyring.versions();
    let rewrapped = 0;
    const damaged: string[] = [];
    const one = async (stored: StoredKey): Promise<void> => {
      if (await this.#rewrap(stored, current)) onProgress(++rewrapped);
      else damaged.push(stored.scope);
    };
    const running = new Set<Promise<void>>();
    for await (const stored of this.#documents.all()) {
      if (stored.wrapped === undefined || this.#keyring.versionOf(stored.wrapped) === current) continue;
      const work = one(stored).finally(() => running.delete(work));
      running.add(work);
      if (running.size >= atOnce) await Promise.race(running);
    }
    await Promise.all(running);
    return { rewrapped, damaged };
  }

  /** False where the key does not open. */
  async #rewrap(stored: StoredKey, current: number): Promise<boolean> {
    const { scope, generation } = stored;
    const context = contextOf(scope, generation);
    for (let latest: StoredKey | undefined = stored; latest?.wrapped !== undefined; ) {
      if (this.#keyring.versionOf(latest.wrapped) === current) return true;
      const key = await this.#keyring.unwrap(latest.wrapped, context);
      if (key === undefined) return false;
      if (await this.#documents.put({ ...latest, wrapped: await this.#keyring.wrap(key, context) })) return true;
      // Erased, or its uses noted, meanwhile.
      latest = await this.#documents.read(scope, generation);
    }
    return true;
  }

  /**
   * Erases the keys of one conversation or person: every server forgets them within a second. Copies of the store still hold
   * them, wrapped: those end with the master key.
   * @returns how many there were
   */
  async erase(scope: string, at: number): Promise<number> {
    let erased = 0;
    for (const { generation } of await this.#documents.generations(scope)) {
      if (await this.#eraseOne(scope, generation, at)) erased++;
    }
    // Told even where nothing was left: a run before this one may have been cut short between the two.
    await this.#documents.noteErasure(scope);
    return erased;
  }

  async #eraseOne(scope: string, generation: number, at: number): Promise<boolean> {
    for (let attempt = 1; attempt <= maxAttempts; attempt++) {
      const stored = await this.#documents.read(scope, generation);
      if (stored?.wrapped === undefined) return false;
      const { wrapped: _wrapped, ...rest } = stored;
      if (await this.#documents.put({ ...rest, erasedAt: at })) return true;
    }
    throw new ParleyError('unavailable', { message: `The key ${generation} of ${scope} keeps changing. Try again.` });
  }

  /** Every key as it is stored, wrapped; and that others were erased. */
  async *backup(): AsyncGenerator<string> {
    for await (const { version: _version, ...stored } of this.#documents.all()) yield JSON.stringify(stored);
  }

  /**
   * Brings keys back: those that are missing, and those that an old copy of the store has under a master key that is gone.
   * What was erased, here or by the time of the backup, is erased.
   * @throws KeyringError when a line is none that `backup` wrote; what comes before it is restored
   */
  async restore(lines: AsyncIterable<string>): Promise<{ readonly restored: number; readonly erased: number }> {
    let [restored, erased] = [0, 0];
    for await (const line of lines) {
      if (line.trim() === '') continue;
      const kept = keptOf(line);
      for (let attempt = 1; ; attempt++) {
        const stored = await this.#documents.read(kept.scope, kept.generation);
        if (stored !== undefined && (await this.#isGood(stored, kept))) break;
        if (await this.#documents.put({ ...kept, version: stored?.version ?? 0 })) {
          if (kept.wrapped === undefined) erased++;
          else restored++;
          break;
        }
        if (attempt === maxAttempts)
          throw new ParleyError('unavailable', { message: `The key of ${kept.scope} keeps changing. Try again.` });
      }
    }
    await this.#documents.noteErasure(everyScope);
    return { restored, erased };
  }

  /** Whether what is stored stays: it was erased, or it opens. A key that opens may have sealed what was said since. */
  async #isGood({ scope, generation, wrapped }: StoredKey, kept: Omit<StoredKey, 'version'>): Promise<boolean> {
    if (wrapped === undefined || wrapped === kept.wrapped) return true;
    if (kept.wrapped === undefined) return false;
    try {
      return (await this.#keyring.unwrap(wrapped, contextOf(scope, generation))) !== undefined;
    } catch (error) {
      if (error instanceof KeyringError) return false;
      throw error;
    }
  }
}

function keptOf(line: string): Omit<StoredKey, 'version'> {
  try {
    const { scope, generation, wrapped, uses, madeAt, erasedAt } = JSON.parse(line) as Partial<StoredKey>;
    const isWhole = typeof scope === 'string' && typeof generation === 'number' && generation >= 1;
    if (isWhole && typeof uses === 'number' && typeof madeAt === 'number')
      return {
        scope,
        generation,
        uses,
        madeAt,
        ...(wrapped === undefined ? {} : { wrapped }),
        ...(erasedAt === undefined ? {} : { erasedAt }),
      };
  } catch {
    // Said below.
  }
  throw new KeyringError(`This is no backup of keys: a line is ${JSON.stringify(line.slice(0, 60))}.`);
}
