import type { ConversationEvent, ConversationId, Message, MessagePage } from '@parley/client';
import { batch, type Signal, signal } from '@preact/signals';
import { live, rest } from './api.ts';
import { isMember } from './conversations.ts';
import { learnPeople, meet } from './people.ts';
import {
  appendPage,
  applyEvent,
  emptyTimeline,
  findRow,
  fromPage,
  prependPage,
  type Timeline,
  updateRow,
} from './timeline.ts';
import { sentenceOf } from './toasts.ts';

const pageSize = 60;
/** Events that come while a page is on its way; with more, the newest page is read again. */
const maxHeld = 2_000;

/** Where the list has to scroll to; a new object each time it is wished. */
export interface ScrollWish {
  readonly to: 'end' | number;
}

/**
 * One conversation, or one of its threads, on screen: its timeline, kept current by `take`, and the pages around it.
 * `dispose` returns the conversation to being watched for its badge.
 */
export class TimelineView {
  readonly id: ConversationId;
  readonly thread: number | undefined;
  readonly timeline: Signal<Timeline>;
  readonly loading = signal<'first' | 'before' | 'after' | undefined>('first');
  readonly error = signal<string | undefined>(undefined);
  /** Answered messages that are not among the rows. */
  readonly quoted = signal<ReadonlyMap<number, Message>>(new Map());
  /** The new-messages line stands after this seq. */
  readonly newAfter: Signal<number>;
  readonly scroll = signal<ScrollWish | undefined>(undefined);
  /** The message jumped to, marked for a moment. */
  readonly highlighted = signal<number | undefined>(undefined);
  #held: ConversationEvent[] | undefined;
  #attempt = 0;
  #disposed = false;

  constructor(id: ConversationId, options: { thread?: number | undefined; newAfter: number }) {
    this.id = id;
    this.thread = options.thread;
    this.timeline = signal(emptyTimeline(options.thread));
    this.newAfter = signal(options.newAfter);
  }

  /** Reads the newest page, or the one around a message, and follows the stream from there. */
  async load(around?: number): Promise<void> {
    const attempt = ++this.#attempt;
    this.loading.value = 'first';
    this.error.value = undefined;
    this.#held = [];
    try {
      const page = await this.#page(around === undefined ? {} : { around });
      if (this.#isStale(attempt)) return;
      this.#learn(page);
      let timeline = fromPage(page, this.thread);
      for (const event of this.#held ?? []) timeline = applyEvent(timeline, event);
      batch(() => {
        this.timeline.value = timeline;
        this.loading.value = undefined;
        if (around === undefined) this.scroll.value = { to: 'end' };
        else this.#point(around);
      });
      if (this.thread === undefined) live().watch(this.id, { level: 'full', after: timeline.head });
    } catch (error) {
      if (this.#isStale(attempt)) return;
      this.loading.value = undefined;
      this.error.value = sentenceOf(error);
    } finally {
      if (!this.#isStale(attempt)) this.#held = undefined;
    }
  }

  async loadBefore(): Promise<void> {
    const first = this.timeline.peek().rows[0];
    if (first === undefined || !this.timeline.peek().hasBefore) return;
    await this.#more('before', { before: first.seq }, prependPage);
  }

  async loadAfter(): Promise<void> {
    const last = this.timeline.peek().rows.at(-1);
    if (last === undefined || !this.timeline.peek().hasAfter) return;
    await this.#more('after', { after: last.seq }, appendPage);
  }

  /** Shows a message: scrolls to it, or reads the page around it first. Resolves to whether it is a row of this timeline. */
  async jumpTo(seq: number): Promise<boolean> {
    if (findRow(this.timeline.peek(), seq) === undefined) await this.load(seq);
    else this.#point(seq);
    return findRow(this.timeline.peek(), seq) !== undefined;
  }

  async jumpToLatest(): Promise<void> {
    if (this.timeline.peek().hasAfter) await this.load();
    else this.scroll.value = { to: 'end' };
  }

  /** Takes in a live event of the conversation. */
  take(event: ConversationEvent): void {
    if (this.#held !== undefined) {
      if (this.#held.length >= maxHeld) void this.load();
      else this.#held.push(event);
    }
    this.timeline.value = applyEvent(this.timeline.peek(), event);
    // What it says is not in the event: it comes with the message.
    if (event.type === 'hidden' && !event.on) void this.#reread(event.target);
    if (event.type === 'posted') {
      meet([event.actor, ...(event.mentions ?? [])]);
      if (event.replyTo !== undefined) void this.#quote(event.replyTo);
    }
  }

  /** Shows a change of a row before the server has confirmed it; its event finds it done. */
  assume(seq: number, change: (row: Message) => Message): void {
    this.timeline.value = updateRow(this.timeline.peek(), seq, change);
  }

  dispose(): void {
    this.#disposed = true;
    this.#attempt++;
    if (this.thread !== undefined) return;
    if (isMember(this.id)) live().watch(this.id, { level: 'head' });
    else live().unwatch(this.id);
  }

  #isStale = (attempt: number): boolean => this.#disposed || attempt !== this.#attempt;

  #page(where: { before?: number; after?: number; around?: number }): Promise<MessagePage> {
    const query = { ...where, limit: pageSize };
    return this.thread === undefined ? rest.messages(this.id, query) : rest.thread(this.id, this.thread, query);
  }

  async #more(
    side: 'before' | 'after',
    where: { before?: number; after?: number },
    add: (timeline: Timeline, page: MessagePage) => Timeline,
  ): Promise<void> {
    if (this.loading.peek() !== undefined) return;
    const attempt = this.#attempt;
    this.loading.value = side;
    try {
      const page = await this.#page(where);
      if (this.#isStale(attempt)) return;
      this.#learn(page);
      batch(() => {
        this.timeline.value = add(this.timeline.peek(), page);
        this.loading.value = undefined;
      });
    } catch (error) {
      if (this.#isStale(attempt)) return;
      this.loading.value = undefined;
      this.error.value = sentenceOf(error);
    }
  }

  #point(seq: number): void {
    this.scroll.value = { to: seq };
    this.highlighted.value = seq;
  }

  #learn({ people, quoted }: MessagePage): void {
    learnPeople(people);
    if (quoted.length > 0)
      this.quoted.value = new Map([...this.quoted.peek(), ...quoted.map((one) => [one.seq, one] as const)]);
  }

  async #reread(seq: number): Promise<void> {
    if (findRow(this.timeline.peek(), seq) === undefined) return;
    try {
      const message = await rest.message(this.id, seq);
      this.assume(seq, () => message);
    } catch {
      // It stays hidden here until the conversation is opened anew.
    }
  }

  async #quote(seq: number): Promise<void> {
    if (findRow(this.timeline.peek(), seq) !== undefined || this.quoted.peek().has(seq)) return;
    try {
      const message = await rest.message(this.id, seq);
      this.quoted.value = new Map(this.quoted.peek()).set(seq, message);
      meet([message.actor]);
    } catch {
      // The quotation stays a link without its text.
    }
  }
}
