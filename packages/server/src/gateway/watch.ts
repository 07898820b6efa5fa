import { type ErrorCode, isConversationStream, ParleyError, type WatchLevel } from '@parley/protocol';
import { visibleFrom } from '../stream/index.ts';
import { encodeFrame, eventsFrame } from './frames.ts';
import { firstPortion } from './portions.ts';
import type { Room } from './room.ts';
import type { Session } from './session.ts';

/** Events in one frame of a catch-up: about 100 KB of chat. */
const chunk = 500;

/** One session's watching of one stream. There are many for each session: a field here is most of what an idle session costs. */
export class Watch {
  readonly session: Session;
  readonly room: Room;
  level: WatchLevel;
  /** The last seq given to the session. */
  sent = 0;
  /** New events go out as they come only while `level`. */
  #phase: 'new' | 'level' | 'catching-up' | 'ended' = 'new';

  constructor(session: Session, room: Room, level: WatchLevel) {
    this.session = session;
    this.room = room;
    this.level = level;
  }

  get isStarted(): boolean {
    return this.#phase !== 'new';
  }

  get isCatchingUp(): boolean {
    return this.#phase === 'catching-up';
  }

  /** The first seq this session may see at this moment; `undefined` for none. */
  mayStart(): number | undefined {
    const { state, stream } = this.room;
    const { user, serverRole } = this.session.principal;
    if (!isConversationStream(stream)) return (stream as string) === (user as string) ? 1 : undefined;
    return state?.type === 'conversation' ? visibleFrom(state, user, serverRole) : undefined;
  }

  /** Begins after a seq, or with what is new. Returns the seq after which events follow. */
  start(after: number | undefined, first: number): number {
    const wanted = after === undefined || after > this.room.head ? this.room.head : after;
    this.sent = Math.max(wanted, first - 1);
    this.#phase = 'level';
    return this.sent;
  }

  /** Sends what is missing, from memory or the store, until the session is level with the room. */
  catchUp(): void {
    if (this.#phase !== 'level' || this.level !== 'full') return;
    this.#phase = 'catching-up';
    this.#sendMissing().then(
      () => {
        if (this.#hasEnded) return;
        this.#phase = 'level';
        // Events that came between the last look and now found it still catching up.
        if (this.sent < this.room.head && !this.session.isLagging) this.catchUp();
      },
      (error: unknown) => {
        if (this.#hasEnded) return;
        this.#phase = 'level';
        this.session.catchUpFailed(this, error);
      },
    );
  }

  get #hasEnded(): boolean {
    return this.#phase === 'ended';
  }

  async #sendMissing(): Promise<void> {
    while (this.sent < this.room.head && !this.#hasEnded && !this.session.isLagging) {
      if (this.room.head - this.sent > this.room.bounds.maxEventsBehind) {
        this.sent = this.room.head;
        this.session.send(encodeFrame({ t: 'reset', stream: this.room.stream, head: this.sent }));
        return;
      }
      const to = Math.min(this.room.head, this.sent + chunk);
      const events =
        this.room.tailAfter(this.sent)?.slice(0, chunk) ?? (await this.session.read(this.room, this.sent + 1, to));
      // Many watches of a session read at once: whatever the first ones filled, the others must not overfill.
      if (this.#hasEnded || this.session.isLagging) return;
      if (events[0]?.seq !== this.sent + 1) {
        throw new ParleyError('unavailable', {
          message: `the store has no event ${this.sent + 1} of ${this.room.stream}`,
        });
      }
      const portion = firstPortion(events, this.room.bounds.maxFrameChars);
      this.session.send(eventsFrame(this.room.stream, portion));
      this.sent += portion.length;
    }
  }

  /** Stops; `code` says why to the client, where it did not ask for it. */
  end(code?: ErrorCode): void {
    if (this.#hasEnded) return;
    this.#phase = 'ended';
    this.room.watches.delete(this);
    this.session.watches.delete(this);
    if (code !== undefined) {
      this.session.send(encodeFrame({ t: 'ended', stream: this.room.stream, error: new ParleyError(code).toWire() }));
    }
  }
}
