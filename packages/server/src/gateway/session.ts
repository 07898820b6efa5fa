import {
  type Cid,
  type ClientFrame,
  type ErrorCode,
  frameNeeds,
  type Head,
  isInScope,
  limits,
  type Need,
  ParleyError,
  type StreamId,
  type UserId,
  type WireError,
} from '@parley/protocol';
import { headOf } from '../stream/index.ts';
import { encodeFrame, errorFrame, headsFrame } from './frames.ts';
import type { Principal } from './port.ts';
import type { Portion } from './portions.ts';
import type { Room } from './room.ts';
import type { SessionContext } from './session-context.ts';
import type { ClientSocket, Frame } from './socket.ts';
import { Watch } from './watch.ts';
import { Watches } from './watches.ts';

/** A stream that is asked for, with what was found. */
interface Entered {
  readonly stream: StreamId;
  readonly after?: number;
  readonly error?: WireError;
  /** Not yet begun. */
  readonly watch?: Watch;
}

/** Whose faces most sessions show until they say so. */
const nobody: ReadonlySet<UserId> = new Set();

/** One signed-in socket: carries out its frames, holds its watches. */
export class Session {
  readonly principal: Principal;
  readonly address: string | undefined;
  readonly watches = new Watches();
  faces: ReadonlySet<UserId> = nobody;
  lastHeardAt: number;
  readonly #socket: ClientSocket;
  readonly #context: SessionContext;
  /** Rooms whose head this session has to be told, at the next flush of heads or when it stops lagging. */
  #dirtyHeads: Set<Room> | undefined;
  /** For each watch under way, the streams that were unwatched or asked for anew since: what was asked for last counts. */
  #outdated: Set<Set<StreamId>> | undefined;
  #isClosed = false;

  /** @param address where the socket comes from, where that is known */
  constructor(context: SessionContext, socket: ClientSocket, principal: Principal, address?: string) {
    this.address = address;
    this.#context = context;
    this.#socket = socket;
    this.principal = principal;
    this.lastHeardAt = context.clock.elapsed();
  }

  get isLagging(): boolean {
    return this.#socket.isLagging;
  }

  send(frame: Frame): void {
    if (!this.#isClosed) this.#socket.send(frame);
  }

  /** For passing news that is not worth a slow client's memory. */
  sendUnlessLagging(frame: Frame): void {
    if (!this.#socket.isLagging) this.send(frame);
  }

  handle(frame: ClientFrame): void {
    const need = frameNeeds[frame.t];
    if (!isInScope(this.principal.scopes, need)) return this.#beyondScope(frame, need);
    switch (frame.t) {
      case 'hello':
        this.send(errorFrame(new ParleyError('bad-frame', { message: 'This socket has said hello already.' })));
        return;
      case 'ping':
        this.send(encodeFrame({ t: 'pong', id: frame.id }));
        return;
      case 'send':
        this.#submit(frame);
        return;
      case 'watch':
        void this.#watch(frame);
        return;
      case 'unwatch':
        for (const stream of frame.streams) this.watches.get(stream)?.end();
        for (const stream of frame.streams) this.#outdate(stream);
        return;
      case 'faces':
        if (this.#isCharged(1 + frame.users.length / 100)) this.#context.faces.set(this, new Set(frame.users));
        return;
      case 'signal':
        if (this.#isCharged(1)) this.#context.signal(this, frame.stream, frame.signal);
    }
  }

  /** The socket can take more: everything that waited goes out. */
  drained(): void {
    for (const watch of this.watches.all()) watch.catchUp();
    this.flushHeads();
  }

  markHead(room: Room): void {
    if (this.#dirtyHeads === undefined) this.#context.headsDirty.add(this);
    this.#dirtyHeads ??= new Set();
    this.#dirtyHeads.add(room);
  }

  /** Tells the newest head of every stream that moved, once however often it did. */
  flushHeads(): void {
    if (this.isLagging || this.#dirtyHeads === undefined) return;
    const heads = [];
    for (const { state, stream } of this.#dirtyHeads) {
      if (this.watches.get(stream)?.level === 'head' && state?.type === 'conversation') heads.push(headOf(state));
    }
    this.#dirtyHeads = undefined;
    if (heads.length > 0) this.send(headsFrame(heads));
  }

  /** Reads `from … to` of a stream for everyone who asks the same at once. */
  read(room: Room, from: number, to: number): Promise<Portion | undefined> {
    return this.#context.rooms.read(room, from, to);
  }

  catchUpFailed(watch: Watch, error: unknown): void {
    this.#context.log.warn(
      { stream: watch.room.stream, error: String(error) },
      'could not catch a session up; will try again',
    );
    this.#context.clock.after(1_000, () => watch.catchUp());
  }

  /** The socket is gone: lets go of everything. */
  closed(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    for (const watch of this.watches.all()) watch.end();
    this.#context.faces.set(this, nobody);
    this.#context.headsDirty.delete(this);
  }

  close(code: number, reason: string): void {
    this.#socket.close(code, reason);
  }

  #submit({ stream, cid, mode, command }: Extract<ClientFrame, { t: 'send' }>): void {
    const waitMs = this.#context.rate.charge(this.principal.user);
    if (waitMs > 0) return this.#refuse(stream, cid, new ParleyError('rate-limited', { retryAfterMs: waitMs }));
    const wish = { stream, actor: this.principal.user, serverRole: this.principal.serverRole, cid, command };
    this.#context.submit(wish, mode, { address: this.address, session: this.principal.session }).then(
      (seq) => {
        if (mode !== 'at-most-once') this.send(encodeFrame({ t: 'ack', stream, cid, seq }));
      },
      (error: unknown) => {
        if (mode !== 'at-most-once') this.#refuse(stream, cid, this.#context.asParleyError(error));
      },
    );
  }

  #beyondScope(frame: ClientFrame, need: Need): void {
    const error = new ParleyError('forbidden', { message: `This token lacks the scope “${need}”.` });
    if (frame.t === 'send') this.#refuse(frame.stream, frame.cid, error);
    else this.send(errorFrame(error, frame.t === 'watch' ? frame.id : undefined));
  }

  #refuse(stream: StreamId, cid: Cid, error: ParleyError): void {
    this.send(encodeFrame({ t: 'nack', stream, cid, error: error.toWire() }));
  }

  async #watch({ id, streams }: Extract<ClientFrame, { t: 'watch' }>): Promise<void> {
    if (!this.#isCharged(1 + streams.length / 100, id)) return;
    for (const { stream } of streams) this.#outdate(stream);
    const outdated = new Set<StreamId>();
    this.#outdated ??= new Set();
    this.#outdated.add(outdated);
    const entered = await Promise.all(streams.map((wanted) => this.#enter(wanted)));
    this.#outdated.delete(outdated);
    if (this.#outdated.size === 0) this.#outdated = undefined;
    if (this.#isClosed) return;
    // Nothing waits from here on: no event comes before the answer that says where events begin, and the rights, heads
    // and bounds are those of this moment, however long one of the streams kept the others waiting.
    const answers = entered.map((answer): Entered => {
      if (outdated.has(answer.stream)) return { stream: answer.stream };
      return answer.watch === undefined ? answer : this.#begin(answer.stream, answer.watch, answer.after);
    });
    const watched = answers.map(({ stream, after, error }) => ({
      stream,
      ...(after === undefined ? {} : { after }),
      ...this.#headOf(stream),
      ...(error === undefined ? {} : { error }),
    }));
    this.send(encodeFrame({ t: 'watched', id, streams: watched }));
    for (const { stream } of streams) this.watches.get(stream)?.catchUp();
  }

  #outdate(stream: StreamId): void {
    if (!this.#context.safeguards.keepsLastAsked) return;
    for (const outdated of this.#outdated ?? []) outdated.add(stream);
  }

  async #enter({ stream, level, after }: Extract<ClientFrame, { t: 'watch' }>['streams'][number]): Promise<Entered> {
    try {
      if (this.#isFull(stream)) throw new ParleyError('limit-reached');
      const room = await this.#context.rooms.enter(stream);
      const watch = new Watch(this, room, level);
      // News of their invitation may have overtaken it on the way here; and whoever has seen more than this node was let in by
      // what it has not heard of yet, not by the membership before.
      if (watch.mayStart() === undefined || (after ?? 0) > room.head) await this.#context.rooms.refresh(room);
      if (watch.mayStart() === undefined) throw new ParleyError('not-found');
      return { stream, watch, ...(after === undefined ? {} : { after }) };
    } catch (error) {
      return { stream, error: this.#context.asParleyError(error).toWire() };
    }
  }

  #begin(stream: StreamId, watch: Watch, after: number | undefined): Entered {
    const { room } = watch;
    const refuse = (code: ErrorCode): Entered => ({ stream, error: new ParleyError(code).toWire() });
    // Judged now: somebody who was removed and invited again while this waited sees what is from the second time.
    const first = watch.mayStart();
    if (first === undefined) return refuse('not-found');
    if (this.#isFull(stream)) return refuse('limit-reached');
    if (this.#context.rooms.get(stream) !== room) return refuse('unavailable');
    this.watches.get(stream)?.end();
    this.watches.add(watch);
    room.watches.add(watch);
    return { stream, after: watch.start(after, first) };
  }

  #isFull(stream: StreamId): boolean {
    return this.watches.size >= limits.maxWatchesPerSession && this.watches.get(stream) === undefined;
  }

  #headOf(stream: StreamId): { readonly head?: Head } {
    const state = this.watches.get(stream)?.room.state;
    return state?.type === 'conversation' ? { head: headOf(state) } : {};
  }

  #isCharged(cost: number, id?: number): boolean {
    const waitMs = this.#context.rate.charge(this.principal.user, cost);
    if (waitMs > 0) this.send(errorFrame(new ParleyError('rate-limited', { retryAfterMs: waitMs }), id));
    return waitMs === 0;
  }
}
