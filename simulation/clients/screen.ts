import type { ParleyClient, WatchLevel } from '@parley/client';
import { type Head, isConversationStream, type StreamEvent, type StreamId, type UserId } from '@parley/protocol';
import type { Recorder, Span } from '../../packages/cli/src/verify/history.ts';
import type { Random } from '../../packages/cli/src/verify/random.ts';
import type { Process } from '../time/process.ts';

/** Whoever has a list of badges before them turns to one within so long: before the badges have been answered, or after. */
const turnsWithinMs = 120;

export interface ScreenOptions {
  readonly name: string;
  readonly user: UserId;
  readonly recorder: Recorder;
  readonly random: Pick<Random, 'next' | 'chance'>;
  /** Conversations of which it shows a badge only, for ever. */
  readonly levelOf: (stream: StreamId) => WatchLevel;
  /** Whether it shows a badge of everything first, and turns to some of it, as the web client does. */
  readonly browses: boolean;
  readonly note: (what: string) => void;
}

/** What a device shows of its conversations, some as badges and some in full, as it tells the SDK and writes it down. */
export class Screen {
  /** The newest piece of each stream that it shows in full, or did before it turned away. */
  readonly spans = new Map<StreamId, Span>();
  readonly heads = new Map<StreamId, Head>();
  readonly #badges = new Set<StreamId>();
  /** What is read by pages, since the socket left it out: nobody turns away from it meanwhile. */
  readonly #catchingUp = new Set<StreamId>();
  readonly #options: ScreenOptions;
  #process: Process | undefined;
  #client: ParleyClient | undefined;

  constructor(options: ScreenOptions) {
    this.#options = options;
  }

  /** A program starts, with what the last one showed; whoever browses has badges before them first. */
  on(process: Process, client: ParleyClient): void {
    this.#process = process;
    this.#client = client;
    for (const stream of this.spans.keys()) {
      if (this.#badges.has(stream)) continue;
      if (!this.#browses(stream)) client.watch(stream, { after: this.lastSeen(stream) });
      else {
        this.#badges.add(stream);
        this.#turnSoon(stream);
      }
    }
    for (const stream of this.#badges) client.watch(stream, { level: 'head' });
  }

  off(): void {
    this.#process = undefined;
    this.#client = undefined;
    this.#catchingUp.clear();
  }

  /** Shows one more; of what it shows in full already, nothing changes. */
  add(stream: StreamId): void {
    if (this.spans.has(stream)) return;
    const browses = this.#browses(stream);
    if (browses || this.#options.levelOf(stream) === 'head') {
      this.#badges.add(stream);
      this.#client?.watch(stream, { level: 'head' });
      if (browses && this.#options.random.chance(0.7)) this.#turnSoon(stream);
      return;
    }
    this.#open(stream);
  }

  /** Turns to a conversation that was a badge until now, or away from it. */
  turn(stream: StreamId): void {
    if (this.#client === undefined || !this.#browses(stream) || this.#catchingUp.has(stream)) return;
    if (this.#badges.delete(stream)) {
      this.#options.note(`turns to ${stream}`);
      this.#open(stream);
      return;
    }
    const span = this.spans.get(stream);
    if (span === undefined) return;
    this.#options.note(`turns away from ${stream}`);
    span.isOpen = false;
    this.heads.delete(stream);
    this.#badges.add(stream);
    this.#client.watch(stream, { level: 'head' });
  }

  /** Writes an event down. False where it shows nothing of that stream. */
  see(stream: StreamId, event: StreamEvent): boolean {
    const span = this.spans.get(stream);
    if (span === undefined) return false;
    this.spans.set(stream, this.#options.recorder.see(span, event));
    return true;
  }

  /** The right to it is gone. */
  close(stream: StreamId): void {
    const span = this.spans.get(stream);
    if (span !== undefined) span.isOpen = false;
    this.spans.delete(stream);
    this.heads.delete(stream);
    this.#badges.delete(stream);
  }

  shows(stream: StreamId): WatchLevel | undefined {
    if (this.#badges.has(stream)) return 'head';
    return this.spans.has(stream) ? 'full' : undefined;
  }

  lastSeen(stream: StreamId): number {
    const span = this.spans.get(stream);
    return span === undefined || span.keys.length === 0 ? 0 : span.first + span.keys.length - 1;
  }

  /** How far it was shown a stream, as a badge or in full; 0 for nothing. */
  reached(stream: StreamId): number {
    return Math.max(this.lastSeen(stream), this.heads.get(stream)?.head ?? 0);
  }

  /** Reads by pages what the socket left out, as far as `readOn` goes, then watches on. */
  async catchUp(stream: StreamId, readOn: () => Promise<void>): Promise<void> {
    const client = this.#client;
    if (client === undefined || this.shows(stream) !== 'full') return;
    client.unwatch(stream);
    this.#catchingUp.add(stream);
    await readOn();
    if (client !== this.#client) return;
    this.#catchingUp.delete(stream);
    if (this.shows(stream) === 'full') client.watch(stream, { after: this.lastSeen(stream) });
  }

  #open(stream: StreamId): void {
    const { recorder, name, user } = this.#options;
    const known = this.spans.get(stream);
    if (known === undefined) this.spans.set(stream, recorder.open(name, user, stream));
    else known.isOpen = true;
    this.#client?.watch(stream, { after: this.lastSeen(stream) });
  }

  #browses(stream: StreamId): boolean {
    const { browses, levelOf } = this.#options;
    return browses && levelOf(stream) === 'full' && isConversationStream(stream);
  }

  #turnSoon(stream: StreamId): void {
    this.#process?.clock.after(this.#options.random.next() * turnsWithinMs, () => {
      if (this.#badges.has(stream)) this.turn(stream);
    });
  }
}
