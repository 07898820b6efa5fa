import { type ErrorCode, isConversationStream, ParleyError, type WatchLevel } from '@parley/protocol';
import { visibleFrom } from '../stream/index.ts';
import { encodeFrame } from './frames.ts';
import { catchUpEvents, type Room } from './room.ts';
import type { Session } from './session.ts';

type Phase = 'new' | 'level' | 'catching-up' | 'ended';

/**
 * One session's watching of one stream. There are many for each session, so it has no field that it can do without; a
 * private method would cost one.
 */
export class Watch {
  readonly session: Session;
  readonly room: Room;
  level: WatchLevel;
  /** The last seq given to the session. */
  sent = 0;
  /** Where it is in the room's audience. */
  place = -1;
  /** New events go out as they come only while `level`. */
  #phase: Phase = 'new';

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
    sendMissing(this).then(
      () => {
        if (this.hasEnded) return;
        this.#phase = 'level';
        // Events that came between the last look and now found it still catching up.
        if (this.sent < this.room.head && !this.session.isLagging) this.catchUp();
      },
      (error: unknown) => {
        if (this.hasEnded) return;
        this.#phase = 'level';
        this.session.catchUpFailed(this, error);
      },
    );
  }

  get hasEnded(): boolean {
    return this.#phase === 'ended';
  }

  /** Stops; `code` says why to the client, where it did not ask for it. */
  end(code?: ErrorCode): void {
    if (this.hasEnded) return;
    this.#phase = 'ended';
    this.room.watches.delete(this);
    this.session.watches.delete(this);
    if (code !== undefined) {
      this.session.send(encodeFrame({ t: 'ended', stream: this.room.stream, error: new ParleyError(code).toWire() }));
    }
  }
}

async function sendMissing(watch: Watch): Promise<void> {
  const { session, room } = watch;
  while (watch.sent < room.head && !watch.hasEnded && !session.isLagging) {
    if (room.head - watch.sent > room.bounds.maxEventsBehind) {
      watch.sent = room.head;
      session.send(encodeFrame({ t: 'reset', stream: room.stream, head: watch.sent }));
      return;
    }
    const to = Math.min(room.head, watch.sent + catchUpEvents);
    const portion = room.portionAfter(watch.sent) ?? (await session.read(room, watch.sent + 1, to));
    // Many watches of a session read at once: whatever the first ones filled, the others must not overfill.
    if (watch.hasEnded || session.isLagging) return;
    if (portion?.from !== watch.sent + 1) {
      throw new ParleyError('unavailable', { message: `the store has no event ${watch.sent + 1} of ${room.stream}` });
    }
    session.send(portion.frame);
    watch.sent = portion.to;
  }
}
