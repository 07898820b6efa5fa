import type { Signal, StreamEvent, StreamId, UserId } from '@parley/protocol';
import { erased } from '../reads/erased.ts';
import { evolve, headOf } from '../stream/index.ts';
import type { StreamState } from '../stream/types.ts';
import { Audience } from './audience.ts';
import type { Flushes } from './flushes.ts';
import { encodeFrame, eventsFrame, headsFrame, signalFrame } from './frames.ts';
import { firstPortion, type Portion, portionOf } from './portions.ts';
import type { GatewayBounds, GatewaySafeguards } from './safeguards.ts';
import type { Session } from './session.ts';
import type { Frame } from './socket.ts';

/** Events in one frame of a catch-up: about 100 KB of chat. */
export const catchUpEvents = 500;
/** Places that people have come back to lately, each up to a frame. */
const maxPortions = 16;

/** What a node's rooms share. */
export interface RoomContext {
  readonly flushes: Flushes;
  readonly bounds: GatewayBounds;
  readonly safeguards: GatewaySafeguards;
}

/** One stream as this node sees it: its folded state, its newest events, and who watches. */
export class Room {
  readonly stream: StreamId;
  readonly watches = new Audience();
  state: StreamState | undefined;
  /** Since when nobody watches. */
  emptySince: number | undefined;
  readonly #tail: StreamEvent[] = [];
  /** Events that are taken in and not yet given to those who watch. */
  #due: StreamEvent[] = [];
  readonly #context: RoomContext;
  /** What follows a seq, for the next who come back to it. Good until the room changes, and forgotten with each sweep. */
  #portions: Map<number, Portion> | undefined;
  /** Events that came while the state was being read. */
  #early: StreamEvent[] | undefined = [];

  constructor(stream: StreamId, context: RoomContext) {
    this.stream = stream;
    this.#context = context;
  }

  get head(): number {
    return this.state?.head ?? 0;
  }

  get bounds(): GatewayBounds {
    return this.#context.bounds;
  }

  get isOpen(): boolean {
    return this.#early === undefined;
  }

  /** The state as the store had it after news of the stream began to come. Returns false as `apply` does. */
  open(state: StreamState | undefined): boolean {
    if (this.#early === undefined) return true;
    this.state = state;
    const early = this.#early;
    this.#early = undefined;
    return this.apply(early);
  }

  /**
   * Takes events in; what is known already is skipped. Returns false where some are missing before them: the caller
   * reads those from the store and applies them first.
   */
  apply(events: readonly StreamEvent[]): boolean {
    if (this.#early !== undefined) {
      // Bounded by the time a state takes to load; whatever is dropped is found missing and read again.
      if (this.#early.length < this.#context.bounds.tailEvents * 4) this.#early.push(...events);
      return true;
    }
    const { flushes, safeguards } = this.#context;
    const fresh = events.filter(({ seq }) => seq > this.head);
    const [first] = fresh;
    if (first === undefined) return true;
    if (first.seq !== this.head + 1) return !safeguards.checksGaps;
    // By event, however many the sequencer stored at once: what gathering saves is judged by what it would cost without.
    flushes.demand(this.watches.size * fresh.length);
    for (const event of fresh) {
      this.#take(event);
      if (event.type !== 'memberRemoved' || !safeguards.endsAtSeq) continue;
      // Rights change at a definite seq: what follows a removal is delivered to those who are left.
      this.flush();
      this.#endWatchesOf(event.user);
    }
    if (this.#due.length > 0) flushes.schedule(this);
    return true;
  }

  /** Gives everything that is due to those who watch: encoded once, the same bytes for all. */
  flush(): void {
    let due: readonly StreamEvent[] = this.#due;
    this.#due = [];
    while (due.length > 0) {
      const portion = firstPortion(due, this.bounds.maxFrameChars);
      this.#write(portion);
      due = due.slice(portion.length);
    }
  }

  #write(events: readonly StreamEvent[]): void {
    const last = events.at(-1);
    if (last === undefined) return;
    const before = last.seq - events.length;
    let frame: Frame | undefined;
    for (const watch of this.watches) {
      if (watch.level === 'head' || !watch.isStarted || watch.sent >= last.seq) continue;
      if (watch.sent === before && !watch.session.isLagging && !watch.isCatchingUp) {
        frame ??= eventsFrame(this.stream, events, this.watches.size);
        watch.session.send(frame);
        watch.sent = last.seq;
      } else watch.catchUp();
    }
  }

  /** What was said here was erased: memory gives it up, and whoever looks at it is told to read anew what is left. */
  textsErased(): void {
    this.#tail.length = 0;
    this.forgetPortions();
    this.#due = [];
    if (this.state?.type === 'conversation') this.state = { ...this.state, name: '', topic: '' };
    const frame = encodeFrame({ t: 'reset', stream: this.stream, head: this.head });
    for (const watch of this.watches) {
      if (watch.level !== 'full' || !watch.isStarted) continue;
      watch.sent = this.head;
      watch.session.send(frame);
    }
  }

  /** Events after a seq from memory, or `undefined` when memory does not reach that far back. */
  portionAfter(seq: number): Portion | undefined {
    const known = this.#portions?.get(seq);
    if (known !== undefined) return known;
    const [oldest] = this.#tail;
    if (oldest === undefined || oldest.seq > seq + 1) return undefined;
    const start = seq + 1 - oldest.seq;
    const portion = portionOf(this.stream, this.#tail.slice(start, start + catchUpEvents), this.bounds.maxFrameChars);
    if (portion === undefined) return undefined;
    if (this.#portions === undefined || this.#portions.size >= maxPortions) this.#portions = new Map();
    this.#portions.set(seq, portion);
    return portion;
  }

  /** Called about once a second too: who comes back in a storm does so within that, and frames are large. */
  forgetPortions(): void {
    this.#portions = undefined;
  }

  signal(actor: UserId, signal: Signal): void {
    const frame = signalFrame(this.stream, actor, signal);
    for (const { level, session } of this.watches) {
      if (level === 'full' && session.principal.user !== actor) session.sendUnlessLagging(frame);
    }
  }

  /** The badge of this stream, for those who watch by head. */
  headFrame(): Frame | undefined {
    return this.state?.type === 'conversation' ? headsFrame([headOf(this.state)]) : undefined;
  }

  #take(event: StreamEvent): void {
    this.state = evolve(this.state, this.stream, event);
    if (event.type === 'deleted' || (event.type === 'hidden' && event.on)) this.#erase(event.target);
    this.#tail.push(event);
    this.forgetPortions();
    const { tailEvents } = this.#context.bounds;
    if (this.#tail.length > tailEvents * 2) this.#tail.splice(0, this.#tail.length - tailEvents);
    this.#due.push(event);
    for (const watch of this.watches) if (watch.level === 'head') watch.session.markHead(this);
  }

  /** Who comes back later need not read what was taken back meanwhile. */
  #erase(target: number): void {
    this.#tail.forEach((event, index) => {
      const isOfIt = event.seq === target || (event.type === 'edited' && event.target === target);
      if (isOfIt) this.#tail[index] = erased(event);
    });
  }

  #endWatchesOf(user: UserId): void {
    const ended = [...this.watches].filter(
      (watch) => watch.session.principal.user === user && watch.mayStart() === undefined,
    );
    for (const watch of ended) watch.end('not-found');
  }
}

export type { Session };
