import {
  isConversationStream,
  type Message,
  ParleyError,
  type Signal,
  type StreamEvent,
  type StreamId,
  type UserId,
} from '@parley/protocol';
import type { StreamState, Wish } from '../stream/types.ts';
import type { OpeningKey, SealingKey } from './data-keys.ts';
import { type KeysAtHand, openedEvent, openedMessage, purposeOf, textsOfEvent } from './opening.ts';
import { isSealedEvent, refuseMarks } from './plain.ts';
import { isSealed, type Purpose } from './sealed.ts';
import type { Sealing, ServerPurpose, Soon } from './sealing.ts';
import type { Seals } from './seals.ts';
import { hasText, judgeText, sealedWish } from './wishes.ts';

/** The scope of what belongs to no stream: statuses of people, small documents. */
export const serverScope = 'server';

/** Seals and opens what streams carry, under keys of a keyring. */
export class KeyringSealing implements Sealing {
  readonly seals: Seals;
  readonly #hasStream: (stream: StreamId) => Promise<boolean>;

  /** @param hasStream whether a stream has events: nobody makes keys for streams that there are not */
  constructor(seals: Seals, hasStream: (stream: StreamId) => Promise<boolean>) {
    this.seals = seals;
    this.#hasStream = hasStream;
  }

  seal(wish: Wish, isShownHere = true): Soon<Wish> {
    const { stream, command } = wish;
    if (!hasText(command)) return wish;
    refuseMarks(command);
    // As the sequencer would answer, which must not see the text first.
    if (!isConversationStream(stream) && (stream as string) !== (wish.actor as string))
      throw new ParleyError('not-found');
    const judged = judgeText(command);
    const begins = command.type === 'create' || command.type === 'setPreference';
    const key = this.seals.keys.forSealing(stream, begins ? undefined : () => this.#hasStream(stream));
    return key instanceof Promise
      ? key.then((loaded) => sealedWish(this.seals, wish, loaded, judged, isShownHere))
      : sealedWish(this.seals, wish, key, judged, isShownHere);
  }

  open(stream: StreamId, events: readonly StreamEvent[]): Soon<readonly StreamEvent[]> {
    if (!events.some(isSealedEvent)) return events;
    return this.#withKeys(stream, events.flatMap(textsOfEvent), (keys) =>
      events.map((event) => openedEvent(this.seals, stream, event, keys)),
    );
  }

  openMessages(stream: StreamId, rows: readonly Message[]): Soon<readonly Message[]> {
    if (!rows.some(({ text }) => isSealed(text))) return rows;
    const texts = rows.map((row) => [row.text, purposeOf(row)] as const);
    return this.#withKeys(stream, texts, (keys) => rows.map((row) => openedMessage(this.seals, stream, row, keys)));
  }

  /** The name, topic and preferences of a folded state. */
  async openState(state: StreamState): Promise<StreamState> {
    const scope = state.stream;
    if (state.type === 'conversation') {
      const { name, topic } = state;
      const texts = [[name, 'name'] as const, [topic, 'topic'] as const];
      return this.#withKeys(scope, texts, (keys) => {
        const [openedName, openedTopic] = texts.map(([text, purpose]) => this.#openedText(scope, purpose, text, keys));
        return { ...state, name: openedName ?? '', topic: openedTopic ?? '' };
      });
    }
    const values = Object.entries(state.preferences);
    const texts = values.flatMap(([, value]) => (typeof value === 'string' ? [[value, 'preference'] as const] : []));
    return this.#withKeys(scope, texts, (keys) => {
      const opened = values.map(([key, value]) => {
        if (typeof value !== 'string' || !isSealed(value)) return [key, value];
        const text = this.#openedText(scope, 'preference', value, keys, key);
        return [key, text === undefined ? null : JSON.parse(text)];
      });
      return { ...state, preferences: Object.fromEntries(opened) };
    });
  }

  /** A text of the server's own scope. @param of whose it is */
  async sealServerText(purpose: ServerPurpose, of: string, text: string): Promise<string> {
    if (text === '') return '';
    return this.#sealServerText(purpose, of, text, await this.seals.keys.forSealing(serverScope));
  }

  /** `undefined` where it cannot be read. */
  async openServerText(purpose: ServerPurpose, of: string, text: string): Promise<string | undefined> {
    if (!isSealed(text)) return text;
    return this.#withKeys(serverScope, [[text, purpose]], (keys) =>
      this.#openedText(serverScope, purpose, text, keys, of),
    );
  }

  sealSignal(actor: UserId, signal: Signal): Signal | undefined {
    if (signal.type !== 'profile' || signal.status === '') return signal;
    const key = this.seals.keys.forSealing(serverScope);
    if (!(key instanceof Promise))
      return { ...signal, status: this.#sealServerText('status', actor, signal.status, key) };
    // Loaded at the start, and again for the next one: a face that is late harms nobody.
    key.catch(() => undefined);
    return undefined;
  }

  openSignal(actor: UserId, signal: Signal): Signal | undefined {
    if (signal.type !== 'profile' || !isSealed(signal.status)) return signal;
    const keys: KeysAtHand = (generation) => this.seals.keys.knownForOpening(serverScope, generation);
    const status = this.#openedText(serverScope, 'status', signal.status, keys, actor);
    return status === undefined ? undefined : { ...signal, status };
  }

  #sealServerText(purpose: ServerPurpose, of: string, text: string, key: SealingKey): string {
    return this.seals.seal({ scope: serverScope, purpose, of }, { actor: '-', cid: '-' }, text, key);
  }

  #openedText(scope: string, purpose: Purpose, text: string, keys: KeysAtHand, of?: string): string | undefined {
    const opened = this.seals.open({ scope, purpose, ...(of === undefined ? {} : { of }) }, {}, text, keys);
    return 'text' in opened ? opened.text : undefined;
  }

  /** Works with every key that the texts need; waits only where one is not remembered. */
  #withKeys<Result>(
    scope: string,
    texts: readonly (readonly [text: string, purpose: Purpose])[],
    work: (keys: KeysAtHand) => Result,
  ): Soon<Result> {
    const found = new Map<number, OpeningKey>();
    const missing = new Set<number>();
    for (const [text, purpose] of texts) {
      const generation = this.seals.generationOf(text, purpose);
      if (generation === undefined || found.has(generation) || missing.has(generation)) continue;
      const known = this.seals.keys.knownForOpening(scope, generation);
      if (known === undefined) missing.add(generation);
      else found.set(generation, known);
    }
    const keys: KeysAtHand = (generation) => found.get(generation);
    if (missing.size === 0) return work(keys);
    const load = async (generation: number): Promise<void> => {
      found.set(generation, await this.seals.keys.forOpening(scope, generation));
    };
    return Promise.all(Array.from(missing, load)).then(() => work(keys));
  }
}
