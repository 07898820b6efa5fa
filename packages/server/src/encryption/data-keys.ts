import type { KeyObject } from 'node:crypto';
import { ParleyError } from '@parley/protocol';
import type { Clock } from '../clock.ts';
import type { Log } from '../log.ts';
import { type Fill, keyBytes, keyOf, Nonces, systemFill } from './box.ts';
import { contextOf, type KeyDocuments, type StoredKey } from './key-documents.ts';
import { type Keyring, KeyringError } from './keyring/port.ts';

/** A key that seals. */
export interface SealingKey {
  readonly generation: number;
  readonly key: KeyObject;
}

/** What there is to open with. */
export type OpeningKey =
  | { readonly type: 'key'; readonly key: KeyObject }
  | { readonly type: 'erased' }
  /** It is not in the store, or does not unwrap to what it should. */
  | { readonly type: 'none' };

/**
 * A key with random nonces of 96 bits may seal 2³² texts (NIST SP 800-38D, 8.3). Uses are noted in lumps, so that a note costs
 * nothing: below the bound there is room for 2,048 processes that end without having noted a whole lump of 2²⁰ each.
 */
const usesPerNote = 2 ** 20;
const maxNotedUses = 2 ** 31;

/** An operator has to bring keys: sooner than this nobody need ask again. */
const retryAfterMs = 5_000;

interface Known {
  current: SealingKey | undefined;
  /** Since the last note. */
  uses: number;
  readonly opening: Map<number, OpeningKey>;
}

export interface DataKeysOptions {
  readonly documents: KeyDocuments;
  readonly keyring: Keyring;
  readonly clock: Clock;
  readonly log: Log;
  readonly fill?: Fill;
  /** Scopes whose unwrapped keys are remembered: 10,000 are about 5 MB. */
  readonly maxScopes?: number;
}

/** Data keys, unwrapped: made at first use and remembered; those loaded longest ago are forgotten first. */
export class DataKeys {
  readonly nonces: Nonces;
  readonly #documents: KeyDocuments;
  readonly #keyring: Keyring;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #fill: Fill;
  readonly #maxScopes: number;
  readonly #known = new Map<string, Known>();
  readonly #loading = new Map<string, Promise<unknown>>();
  /** What was being read while something was forgotten is not remembered: it may be what was erased. */
  #forgotten = 0;

  constructor({ documents, keyring, clock, log, fill = systemFill, maxScopes = 10_000 }: DataKeysOptions) {
    this.#documents = documents;
    this.#keyring = keyring;
    this.#clock = clock;
    this.#log = log;
    this.#fill = fill;
    this.#maxScopes = maxScopes;
    this.nonces = new Nonces(fill);
  }

  /**
   * The key to seal one text of a scope with; counts it as used.
   * @param mayMake asked where the scope has no key yet; `not-found` where it says no
   */
  forSealing(scope: string, mayMake?: () => Promise<boolean>): SealingKey | Promise<SealingKey> {
    const known = this.#known.get(scope);
    if (known?.current === undefined) {
      const what = `seal ${scope} ${mayMake === undefined}`;
      return this.#once(what, () => this.#loadForSealing(scope, mayMake));
    }
    if (++known.uses >= usesPerNote) this.#noteUses(scope, known);
    return known.current;
  }

  /** Without a look at the store; `undefined` where that is needed. */
  knownForOpening(scope: string, generation: number): OpeningKey | undefined {
    return this.#known.get(scope)?.opening.get(generation);
  }

  async forOpening(scope: string, generation: number): Promise<OpeningKey> {
    return (
      this.knownForOpening(scope, generation) ??
      this.#once(`open ${scope}/${generation}`, async () => {
        const forgotten = this.#forgotten;
        const stored = await this.#documents.read(scope, generation);
        const found: OpeningKey = stored === undefined ? { type: 'none' } : await this.#unwrapped(stored);
        // A key that is not there may yet be restored.
        if (found.type !== 'none' && forgotten === this.#forgotten) this.#of(scope).opening.set(generation, found);
        return found;
      })
    );
  }

  /** The keys of a scope were erased, or may have been. */
  forget(scope: string): void {
    this.#forgotten++;
    this.#known.delete(scope);
  }

  /** Everything may have changed: somebody else's news was not heard for a while. */
  forgetAll(): void {
    this.#forgotten++;
    this.#known.clear();
  }

  async #loadForSealing(scope: string, mayMake: (() => Promise<boolean>) | undefined): Promise<SealingKey> {
    for (;;) {
      const forgotten = this.#forgotten;
      const newest = await this.#documents.newest(scope);
      const usable = newest?.wrapped !== undefined && newest.uses < maxNotedUses ? newest : undefined;
      if (usable !== undefined) {
        const found = await this.#unwrapped(usable);
        if (found.type !== 'key') throw new ParleyError('keys-missing', { retryAfterMs });
        return this.#keep(scope, usable.generation, found.key, forgotten);
      }
      if (newest === undefined && mayMake !== undefined && !(await mayMake())) throw new ParleyError('not-found');
      const generation = (newest?.generation ?? 0) + 1;
      const bytes = Buffer.alloc(keyBytes);
      this.#fill(bytes);
      const wrapped = await this.#orMissing(this.#keyring.wrap(bytes, contextOf(scope, generation)));
      const made: StoredKey = { scope, generation, wrapped, uses: 0, madeAt: this.#clock.now(), version: 0 };
      // Of two gateways that make the first key at once, one is refused and takes the other's.
      if (await this.#documents.put(made)) return this.#keep(scope, generation, keyOf(bytes), forgotten);
    }
  }

  #keep(scope: string, generation: number, key: KeyObject, forgotten: number): SealingKey {
    const current = { generation, key };
    if (forgotten !== this.#forgotten) return current;
    const known = this.#of(scope);
    known.current = current;
    known.opening.set(generation, { type: 'key', key });
    return current;
  }

  async #unwrapped({ scope, generation, wrapped }: StoredKey): Promise<OpeningKey> {
    if (wrapped === undefined) return { type: 'erased' };
    const bytes = await this.#orMissing(this.#keyring.unwrap(wrapped, contextOf(scope, generation)));
    if (bytes?.length === keyBytes) return { type: 'key', key: keyOf(bytes) };
    this.#log.error({ scope, generation }, 'a wrapped data key was changed where it is stored, or belongs elsewhere');
    return { type: 'none' };
  }

  async #orMissing<Value>(work: Promise<Value>): Promise<Value> {
    try {
      return await work;
    } catch (cause) {
      if (!(cause instanceof KeyringError)) throw cause;
      this.#log.error({ reason: cause.message }, 'the keyring does not serve');
      throw new ParleyError('keys-missing', { retryAfterMs, cause });
    }
  }

  #noteUses(scope: string, known: Known): void {
    const { current, uses } = known;
    known.uses = 0;
    if (current === undefined) return;
    const note = async (): Promise<void> => {
      for (;;) {
        const stored = await this.#documents.read(scope, current.generation);
        if (stored === undefined) return;
        const total = stored.uses + uses;
        if (!(await this.#documents.put({ ...stored, uses: total }))) continue;
        // The next text looks for a newer generation, and makes it.
        if (total >= maxNotedUses && known.current === current) known.current = undefined;
        return;
      }
    };
    note().catch((error: unknown) => {
      known.uses += uses;
      this.#log.warn({ scope, error: String(error) }, 'could not note how often a key was used; will try again');
    });
  }

  #of(scope: string): Known {
    const known: Known = this.#known.get(scope) ?? { current: undefined, uses: 0, opening: new Map() };
    this.#known.delete(scope);
    this.#known.set(scope, known);
    const [oldest] = this.#known.keys();
    if (this.#known.size > this.#maxScopes && oldest !== undefined) this.#known.delete(oldest);
    return known;
  }

  /** Everyone who asks the same at once shares one answer. */
  #once<Value>(what: string, work: () => Promise<Value>): Promise<Value> {
    const loading = this.#loading.get(what) as Promise<Value> | undefined;
    if (loading !== undefined) return loading;
    const begun = work().finally(() => this.#loading.delete(what));
    this.#loading.set(what, begun);
    return begun;
  }
}
