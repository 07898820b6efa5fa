import { type ConversationId, limits, ParleyError } from '@parley/protocol';
import { z } from 'zod';
import { Shelf } from '../accounts/shelf.ts';
import type { Clock, Timer } from '../clock.ts';
import type { Log } from '../log.ts';
import type { DocumentStore } from '../store/documents.ts';
import { WordFilter, wordsIn } from './words.ts';

/** Where a filter holds: in one conversation, or everywhere. */
export type FilterPlace = ConversationId | 'server';

/** How often a node looks whether another one changed a filter: one small read. */
const askMs = 2_000;
/** Filters read at once. */
const page = 500;
/** Filters of one server. With 500 words each they would be a few hundred megabytes; most have none. */
const maxFilters = 10_000;

const kept = z.object({ words: z.array(z.string()) });
/** Changes whenever any filter does. */
const stamp = { owner: 'stamp', key: 'stamp' } as const;
const owner = 'all';

/**
 * The filters of words, all of them in memory on every node: a message is judged where it comes in, before it is encrypted and
 * published, without asking anybody. A change holds here at once and on other nodes two seconds later.
 */
export class WordFilters {
  readonly #shelf: Shelf<typeof kept>;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #filters = new Map<string, WordFilter>();
  #version = 0;
  #timer: Timer | undefined;
  #isStopped = false;

  constructor({ store, clock, log }: { store: DocumentStore; clock: Clock; log: Log }) {
    this.#shelf = new Shelf(store, 'words', kept);
    this.#clock = clock;
    this.#log = log;
  }

  /** Reads what there is, and looks for changes from now on. Rejects when the store does not answer. */
  async start(): Promise<void> {
    await this.refresh();
    this.#askLater();
  }

  stop(): void {
    this.#isStopped = true;
    this.#timer?.cancel();
  }

  /** Why a text may not be said there, if so. */
  refusal(conversation: ConversationId, text: string, field: string): ParleyError | undefined {
    if (this.#filters.size === 0) return undefined;
    const everywhere = this.#filters.get('server');
    const here = this.#filters.get(conversation);
    if (everywhere === undefined && here === undefined) return undefined;
    const words = wordsIn(text);
    if (everywhere?.isIn(words) !== true && here?.isIn(words) !== true) return undefined;
    return new ParleyError('word-refused', { field });
  }

  async of(place: FilterPlace): Promise<readonly string[]> {
    return (await this.#shelf.get(owner, place))?.body.words ?? [];
  }

  /** Replaces a filter; an empty one is none. */
  async set(place: FilterPlace, words: readonly string[]): Promise<void> {
    const wanted = [...new Set(words.map((word) => word.trim()).filter((word) => wordsIn(word).trim() !== ''))];
    const isNew = !this.#filters.has(place);
    if (isNew && wanted.length > 0 && this.#filters.size >= maxFilters)
      throw new ParleyError('limit-reached', { message: `There are ${maxFilters} filters already.` });
    if (wanted.length === 0) await this.#shelf.delete(owner, place);
    else await this.#shelf.set(owner, place, { words: wanted.slice(0, limits.maxFilterWords) });
    await this.#shelf.set(stamp.owner, stamp.key, { words: [] });
    await this.refresh();
  }

  /** Brings this node level with the store. */
  async refresh(): Promise<void> {
    // The stamp first: what is changed after it was read changes it again.
    const version = (await this.#shelf.get(stamp.owner, stamp.key))?.version ?? 0;
    if (version === this.#version) return;
    const filters = new Map<string, WordFilter>();
    for (let beyond: string | undefined; ; ) {
      const some = await this.#shelf.list(owner, page, beyond);
      for (const { key, body } of some) filters.set(key, new WordFilter(body.words));
      beyond = some.at(-1)?.key;
      if (some.length < page) break;
    }
    this.#filters.clear();
    for (const [place, filter] of filters) this.#filters.set(place, filter);
    this.#version = version;
  }

  #askLater(): void {
    if (this.#isStopped) return;
    this.#timer = this.#clock.after(askMs, () => {
      this.refresh()
        .catch((error: unknown) => this.#log.debug({ error: String(error) }, 'could not ask for filters of words'))
        .finally(() => this.#askLater());
    });
  }
}
