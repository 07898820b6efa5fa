import type { StreamEvent, StreamId } from '@parley/protocol';
import type { Clock } from '../clock.ts';
import type { Sealing } from '../encryption/sealing.ts';
import type { Log } from '../log.ts';
import { withoutDeleted } from '../reads/erased.ts';
import type { StreamStates } from '../reads/states.ts';
import type { StreamStore } from '../store/port.ts';
import { Flushes } from './flushes.ts';
import { type Portion, portionOf } from './portions.ts';
import { Room, type RoomContext } from './room.ts';
import type { Routing } from './routing.ts';
import type { GatewayBounds, GatewaySafeguards } from './safeguards.ts';

/** Events read at once to fill a hole. */
const readChunk = 500;
/** Batches of a room that wait for a key. More are dropped, found missing and read from the store. */
const maxArriving = 100;

/** The rooms of this node: opens them in the order that leaves no hole, keeps them level with the store. */
export class Rooms {
  readonly #rooms = new Map<StreamId, Room>();
  readonly #opening = new Map<StreamId, Promise<Room>>();
  readonly #levelling = new Map<StreamId, Promise<void>>();
  /** Doubted again while being levelled. */
  readonly #again = new Set<StreamId>();
  /** Doubted before they were open. */
  readonly #doubted = new Set<Room>();
  readonly #reads = new Map<string, Promise<Portion | undefined>>();
  readonly #routing: Routing;
  readonly #store: StreamStore;
  readonly #states: StreamStates;
  readonly #sealing: Sealing;
  /** Rooms whose news waits to be opened, with the last of it and how much waits. */
  readonly #arriving = new Map<Room, { readonly opened: Promise<void>; readonly waiting: number }>();
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #context: RoomContext;

  constructor(options: {
    routing: Routing;
    store: StreamStore;
    states: StreamStates;
    sealing: Sealing;
    clock: Clock;
    log: Log;
    bounds: GatewayBounds;
    safeguards: GatewaySafeguards;
  }) {
    this.#routing = options.routing;
    this.#store = options.store;
    this.#states = options.states;
    this.#sealing = options.sealing;
    this.#clock = options.clock;
    this.#log = options.log;
    const { bounds, safeguards } = options;
    this.#context = { flushes: new Flushes(options.clock), bounds, safeguards };
  }

  get size(): number {
    return this.#rooms.size;
  }

  get(stream: StreamId): Room | undefined {
    return this.#rooms.get(stream);
  }

  /**
   * The room of a stream, open. First news of the stream is asked for and confirmed, then its state is read: whatever
   * is not in that state comes as news. Rejects with `unavailable` when the store does not answer.
   */
  async enter(stream: StreamId): Promise<Room> {
    const room = this.#rooms.get(stream);
    if (room?.isOpen) {
      room.emptySince = this.#clock.elapsed();
      return room;
    }
    let opening = this.#opening.get(stream);
    if (opening === undefined) {
      opening = this.#open(stream).finally(() => this.#opening.delete(stream));
      this.#opening.set(stream, opening);
    }
    return opening;
  }

  async #open(stream: StreamId): Promise<Room> {
    const room = new Room(stream, this.#context);
    this.#rooms.set(stream, room);
    try {
      await this.#routing.watch(stream);
      const isWhole = room.open(await this.#states.read(stream));
      if (this.#doubted.delete(room) || !isWhole) this.#level(room);
      room.emptySince = this.#clock.elapsed();
      return room;
    } catch (error) {
      this.#doubted.delete(room);
      this.#rooms.delete(stream);
      this.#routing.unwatch(stream);
      throw error;
    }
  }

  /** News from the owner. */
  received(stream: StreamId, events: readonly StreamEvent[]): void {
    const room = this.#rooms.get(stream);
    if (room === undefined) return;
    const before = this.#arriving.get(room);
    let opened: ReturnType<Sealing['open']> | undefined;
    try {
      opened = before === undefined ? this.#sealing.open(stream, events) : undefined;
    } catch (error) {
      this.#notOpened(room, error);
      return;
    }
    // Outside of what opening may fail with: a hole that gets this far must end the node, not pass for a lost key.
    if (opened !== undefined && !(opened instanceof Promise)) this.#apply(room, opened);
    else this.#arrive(room, opened ?? events, before);
  }

  #apply(room: Room, events: readonly StreamEvent[]): void {
    if (!room.apply(events)) this.#level(room);
  }

  /** The first news of a room waits for its key; what comes meanwhile waits behind it, in order. */
  #arrive(
    room: Room,
    events: readonly StreamEvent[] | Promise<readonly StreamEvent[]>,
    before: { readonly opened: Promise<void>; readonly waiting: number } | undefined,
  ): void {
    const waiting = (before?.waiting ?? 0) + 1;
    if (waiting > maxArriving) {
      if (events instanceof Promise) events.catch(() => undefined);
      return;
    }
    const open = async (): Promise<void> => {
      await before?.opened;
      try {
        this.#apply(room, events instanceof Promise ? await events : await this.#sealing.open(room.stream, events));
      } catch (error) {
        this.#notOpened(room, error);
      }
    };
    const opened = open().finally(() => {
      if (this.#arriving.get(room)?.opened === opened) this.#arriving.delete(room);
    });
    this.#arriving.set(room, { opened, waiting });
  }

  #notOpened(room: Room, error: unknown): void {
    this.#log.warn({ stream: room.stream, error: String(error) }, 'could not open what came; will read it');
    this.#clock.after(1_000, () => {
      if (this.#rooms.get(room.stream) === room) this.doubt([room.stream]);
    });
  }

  /** What was said in a stream was erased. */
  textsErased(stream: StreamId): void {
    this.#rooms.get(stream)?.textsErased();
  }

  /** The owner found more in the store than it has told. */
  receivedHead(stream: StreamId, head: number): void {
    const room = this.#rooms.get(stream);
    if (room !== undefined && room.head < head) this.doubt([stream]);
  }

  /** News of these streams may have been lost. */
  doubt(streams: readonly StreamId[]): void {
    for (const stream of streams) {
      const room = this.#rooms.get(stream);
      if (room?.isOpen) this.#level(room);
      // Its state is being read, and may have been read too early.
      else if (room !== undefined) this.#doubted.add(room);
    }
  }

  /** Resolves when a room has what the store had at this moment. Rejects with `unavailable` when the store does not answer. */
  async refresh(room: Room): Promise<void> {
    await this.#readMissing(room);
  }

  /** Reads `from …`, at most to `to`; everyone who asks the same at once shares one read, and its frame. */
  readonly read = (room: Room, from: number, to: number): Promise<Portion | undefined> => {
    const key = `${room.stream} ${from} ${to}`;
    let reading = this.#reads.get(key);
    if (reading === undefined) {
      reading = this.#store
        .read(room.stream, from, to, to - from + 1)
        .then((events) => withoutDeleted(this.#store, room.stream, room.state, events))
        .then((events) => portionOf(room.stream, events, this.#context.bounds.maxFrameChars))
        .finally(() => this.#reads.delete(key));
      this.#reads.set(key, reading);
    }
    return reading;
  };

  /** Called about once a second: closes rooms that nobody has watched for a while. */
  sweep(): void {
    const now = this.#clock.elapsed();
    for (const room of this.#rooms.values()) {
      if (!room.isOpen) continue;
      room.forgetPortions();
      if (room.watches.size > 0) room.emptySince = undefined;
      else if (room.emptySince === undefined) room.emptySince = now;
      else if (now - room.emptySince > this.#context.bounds.lingerMs) {
        this.#rooms.delete(room.stream);
        this.#routing.unwatch(room.stream);
      }
    }
  }

  /** Reads what the room has missed, until it has what the store has. A failure is tried again. */
  #level(room: Room): void {
    if (this.#levelling.has(room.stream)) {
      this.#again.add(room.stream);
      return;
    }
    const levelling = this.#readMissing(room)
      .catch((error: unknown) => {
        this.#log.warn({ stream: room.stream, error: String(error) }, 'could not read what was missed; will try again');
        this.#clock.after(1_000, () => {
          if (this.#rooms.get(room.stream) === room) this.#level(room);
        });
      })
      .finally(() => {
        this.#levelling.delete(room.stream);
        if (this.#again.delete(room.stream)) this.#level(room);
      });
    this.#levelling.set(room.stream, levelling);
  }

  async #readMissing(room: Room): Promise<void> {
    let head = await this.#store.head(room.stream);
    while (room.head < head) {
      const from = room.head + 1;
      const events = await this.#store.read(room.stream, from, Math.min(head, from + readChunk - 1), readChunk);
      if (events.length === 0) return;
      room.apply(events);
      if (room.head >= head) head = await this.#store.head(room.stream);
    }
  }
}
