import { limits, type UserId } from '@parley/protocol';
import type { Clock } from '../clock.ts';
import type { Sealing, Soon } from '../encryption/sealing.ts';
import { namesIn } from '../stream/mentions.ts';
import type { Wish } from '../stream/types.ts';

/** A name that was looked up is remembered so long: a new one is known for a mention soon enough. */
const rememberedMs = 60_000;
const maxRemembered = 10_000;

/**
 * Makes `@name` in a text a mention of whoever has that name, whatever the sender's program knows: it may never have met them,
 * and bots write names, not ids. Whom it names and who is no member is left out where the command is decided.
 */
export class Naming {
  readonly #idOf: (name: string) => Promise<UserId | undefined>;
  readonly #clock: Clock;
  readonly #known = new Map<string, { readonly id: UserId | undefined; readonly until: number }>();
  /** The last wish of somebody to a stream that waits for a name: what they send after it waits behind it. */
  readonly #waiting = new Map<string, Promise<unknown>>();

  /** @param idOf who has a handle, in lower case */
  constructor(idOf: (name: string) => Promise<UserId | undefined>, clock: Clock) {
    this.#idOf = idOf;
    this.#clock = clock;
  }

  /** The same sealing, of wishes with their mentions. */
  before(sealing: Sealing): Sealing {
    return {
      seal: (wish, isShownHere) => {
        const named = this.#named(wish);
        return named instanceof Promise
          ? named.then((ready) => sealing.seal(ready, isShownHere))
          : sealing.seal(named, isShownHere);
      },
      open: (stream, events) => sealing.open(stream, events),
      openMessages: (stream, rows) => sealing.openMessages(stream, rows),
      openState: (state) => sealing.openState(state),
      sealServerText: (purpose, of, text) => sealing.sealServerText(purpose, of, text),
      openServerText: (purpose, of, text) => sealing.openServerText(purpose, of, text),
      sealSignal: (actor, signal) => sealing.sealSignal(actor, signal),
      openSignal: (actor, signal) => sealing.openSignal(actor, signal),
    };
  }

  #named(wish: Wish): Soon<Wish> {
    const { command } = wish;
    const names = command.type === 'post' || command.type === 'edit' ? namesIn(command.text) : [];
    const given = 'mentions' in command ? (command.mentions?.length ?? 0) : 0;
    // What nearly every message is: it names nobody, or its sender's program knew them all.
    const isWhole = names.length <= given;
    if (isWhole && this.#waiting.size === 0) return wish;
    const key = `${wish.actor} ${wish.stream}`;
    const before = this.#waiting.get(key);
    if (isWhole && before === undefined) return wish;
    const ready = Promise.resolve(before).then(() => (isWhole ? wish : this.#withMentions(wish, names)));
    this.#waiting.set(key, ready);
    void ready.finally(() => {
      if (this.#waiting.get(key) === ready) this.#waiting.delete(key);
    });
    return ready;
  }

  async #withMentions(wish: Wish, names: readonly (readonly string[])[]): Promise<Wish> {
    const { command } = wish;
    if (command.type !== 'post' && command.type !== 'edit') return wish;
    const found = await Promise.all(names.map((readings) => this.#find(readings)));
    const mentions = [...new Set([...(command.mentions ?? []), ...found.flatMap((id) => id ?? [])])];
    if (mentions.length === 0) return wish;
    return { ...wish, command: { ...command, mentions: mentions.slice(0, limits.maxMentions) } };
  }

  /** The first reading that is somebody's name. */
  async #find(readings: readonly string[]): Promise<UserId | undefined> {
    for (const name of readings) {
      const id = await this.#lookUp(name);
      if (id !== undefined) return id;
    }
    return undefined;
  }

  async #lookUp(name: string): Promise<UserId | undefined> {
    const known = this.#known.get(name);
    const now = this.#clock.elapsed();
    if (known !== undefined && known.until > now) return known.id;
    try {
      const id = await this.#idOf(name);
      this.#known.delete(name);
      this.#known.set(name, { id, until: now + rememberedMs });
      const [oldest] = this.#known.keys();
      if (this.#known.size > maxRemembered && oldest !== undefined) this.#known.delete(oldest);
      return id;
    } catch {
      // A message is worth more than the notice of it.
      return undefined;
    }
  }
}
