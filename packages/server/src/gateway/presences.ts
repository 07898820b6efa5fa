import type { Presence, Signal, UserId } from '@parley/protocol';
import type { Cache } from '../cache/port.ts';
import type { Clock } from '../clock.ts';
import type { Log } from '../log.ts';
import type { RecordStore } from '../store/port.ts';

type State = Presence['state'];

/** A node that dies leaves its people online for so long. */
const ttlMs = 90_000;
/** A reload of the page is no going offline. */
const graceMs = 5_000;

/** A node that stops waits so long for a store that may be what it stops for. */
const stopMs = 1_000;
/** Written at once then. */
const notedAtOnce = 100;

interface Local {
  sessions: number;
  state: State;
}

/** Who is here: counted on this node, shared over nodes through the cache, announced as signals. */
export class Presences {
  readonly #people = new Map<UserId, Local>();
  readonly #cache: Cache;
  readonly #store: Pick<RecordStore, 'updateAccount' | 'accountsById'>;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #announce: (user: UserId, signal: Signal) => void;
  #refreshedAt = 0;
  /** People of whom it could not be noted when they were seen last, since that was told: as long as a store is down, many. */
  #unnoted = 0;

  constructor(options: {
    cache: Cache;
    store: Pick<RecordStore, 'updateAccount' | 'accountsById'>;
    clock: Clock;
    log: Log;
    announce: (user: UserId, signal: Signal) => void;
  }) {
    this.#cache = options.cache;
    this.#store = options.store;
    this.#clock = options.clock;
    this.#log = options.log;
    this.#announce = options.announce;
  }

  arrived(user: UserId): void {
    const local = this.#people.get(user);
    if (local !== undefined) {
      local.sessions++;
      return;
    }
    this.#people.set(user, { sessions: 1, state: 'online' });
    this.#tell(user, { state: 'online' });
  }

  left(user: UserId): void {
    const local = this.#people.get(user);
    if (local === undefined || --local.sessions > 0) return;
    this.#clock.after(graceMs, () => {
      if (local.sessions > 0 || this.#people.get(user) !== local) return;
      this.#people.delete(user);
      const lastSeen = this.#clock.now();
      this.#tell(user, { state: 'offline', lastSeen });
      void this.#noteLastSeen(user, lastSeen).then((isNoted) => {
        if (!isNoted) this.#unnoted++;
      });
    });
  }

  /** The node stops, and its people with it: when they were seen last is noted as far as the store takes it within a second. */
  async stop(): Promise<void> {
    const users = [...this.#people.keys()];
    this.#people.clear();
    const lastSeen = this.#clock.now();
    const since = this.#clock.elapsed();
    const { promise: isLate, resolve } = Promise.withResolvers<void>();
    const timer = this.#clock.after(stopMs, resolve);
    let noted = 0;
    const note = async (user: UserId): Promise<void> => {
      if (await this.#noteLastSeen(user, lastSeen)) noted++;
    };
    for (let from = 0; from < users.length && this.#clock.elapsed() - since < stopMs; from += notedAtOnce)
      await Promise.race([isLate, Promise.all(users.slice(from, from + notedAtOnce).map(note))]);
    timer.cancel();
    this.#unnoted += users.length - noted;
    this.#tellUnnoted();
  }

  /** A client says of its own person that they are away or back. */
  changed(user: UserId, state: State): void {
    const local = this.#people.get(user);
    if (local === undefined || state === 'offline' || local.state === state) return;
    local.state = state;
    this.#tell(user, { state });
  }

  /** Another node says something of a person who is here: whoever is connected anywhere is not offline. */
  heard(user: UserId, signal: Signal): void {
    const local = this.#people.get(user);
    if (signal.type === 'presence' && signal.state === 'offline' && local !== undefined && local.sessions > 0) {
      this.#tell(user, { state: local.state });
    }
  }

  async of(users: readonly UserId[]): Promise<readonly Presence[]> {
    const kept = await this.#cache.getMany(users.map(keyOf));
    const unknown = users.filter((user, index) => kept[index] === undefined && !this.#people.has(user));
    const accounts = new Map((await this.#store.accountsById(unknown)).map((account) => [account.id, account]));
    return users.map((user, index) => {
      const local = this.#people.get(user);
      if (local !== undefined) return { user, state: local.state };
      const text = kept[index];
      if (text !== undefined)
        return { user, ...(JSON.parse(new TextDecoder().decode(text)) as Omit<Presence, 'user'>) };
      const lastSeen = accounts.get(user)?.lastSeenAt;
      return { user, state: 'offline' as const, ...(lastSeen === undefined ? {} : { lastSeen }) };
    });
  }

  /** Called about once a second: keeps the cache's entries of this node's people alive. */
  sweep(): void {
    this.#tellUnnoted();
    const now = this.#clock.elapsed();
    if (now - this.#refreshedAt < ttlMs / 3) return;
    this.#refreshedAt = now;
    for (const [user, { state }] of this.#people) void this.#keep(user, { state });
  }

  /** Resolves to whether the store took it. */
  #noteLastSeen(user: UserId, lastSeenAt: number): Promise<boolean> {
    return this.#store.updateAccount(user, { lastSeenAt }).then(
      () => true,
      (error: unknown) => {
        this.#log.debug({ user, error: String(error) }, 'could not note when somebody was last seen');
        return false;
      },
    );
  }

  #tellUnnoted(): void {
    if (this.#unnoted === 0) return;
    this.#log.warn({ people: this.#unnoted }, 'could not note when people were last seen');
    this.#unnoted = 0;
  }

  #tell(user: UserId, presence: Omit<Presence, 'user'>): void {
    void this.#keep(user, presence);
    this.#announce(user, { type: 'presence', ...presence });
  }

  #keep(user: UserId, presence: Omit<Presence, 'user'>): Promise<void> {
    return this.#cache.set(keyOf(user), encoded(presence), ttlMs);
  }
}

const encoder = new TextEncoder();
/** The same bytes for everybody who is here: a cache in memory keeps what it is given. */
const encodedStates = new Map<State, Uint8Array>();

function encoded(presence: Omit<Presence, 'user'>): Uint8Array {
  const { state, lastSeen } = presence;
  if (lastSeen !== undefined) return encoder.encode(JSON.stringify(presence));
  const known = encodedStates.get(state) ?? encoder.encode(JSON.stringify({ state }));
  encodedStates.set(state, known);
  return known;
}

const keyOf = (user: UserId): string => `presence:${user}`;
