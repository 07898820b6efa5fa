import { createHash, randomBytes } from 'node:crypto';
import type { UserId } from '@parley/protocol';
import type { Clock } from '../clock.ts';
import type { Principal } from '../gateway/port.ts';
import type { Account, RecordStore, Session } from '../store/port.ts';

const dayMs = 86_400_000;
/** A session that is not used for so long ends. */
export const idleMs = 30 * dayMs;
/** A session ends after so long, however much it is used. */
export const longestMs = 365 * dayMs;
/** How long a look-up is remembered where `SessionWatch` hears of every session that ends. */
const rememberedMs = 10_000;
const maxRemembered = 50_000;
/** Sessions that ended lately: more than end while one look-up takes. */
const maxEnded = 10_000;
/** `lastUsedAt` is told to the minute, so that reading a list costs no write. */
const touchMs = 60_000;

const hashOf = (token: string): string => createHash('sha256').update(token).digest('hex');

interface Remembered {
  readonly principal: Principal;
  readonly until: number;
}

/** Opaque sessions: the client holds the token, the store its hash. */
export class Sessions {
  readonly #store: RecordStore;
  readonly #clock: Clock;
  readonly #remembered = new Map<string, Remembered>();
  /** A look-up that began before one of these ended is not remembered after. */
  readonly #ended = new Set<string>();
  readonly #mayRemember: () => boolean;

  /** @param mayRemember whether this node knows of every session that ended until less than a second ago */
  constructor(store: RecordStore, clock: Clock, mayRemember: () => boolean) {
    this.#store = store;
    this.#clock = clock;
    this.#mayRemember = mayRemember;
  }

  /** Makes a session and returns its token, which is told only now. */
  async create(user: UserId, device: string): Promise<string> {
    const token = `pt_${randomBytes(32).toString('base64url')}`;
    const now = this.#clock.now();
    await this.#store.createSession({
      id: randomBytes(12).toString('base64url'),
      user,
      tokenHash: hashOf(token),
      device: device.slice(0, 200),
      createdAt: now,
      lastUsedAt: now,
      expiresAt: now + longestMs,
    });
    return token;
  }

  async authenticate(token: string): Promise<Principal | undefined> {
    const key = hashOf(token);
    const now = this.#clock.now();
    const remembered = this.#remembered.get(key);
    if (remembered !== undefined && remembered.until > now && this.#mayRemember()) return remembered.principal;
    const session = await this.#store.sessionByTokenHash(key);
    if (session === undefined || session.expiresAt <= now || session.lastUsedAt + idleMs <= now) return undefined;
    const account = await this.#store.accountById(session.user);
    if (account === undefined || this.#ended.has(session.id)) return undefined;
    if (now - session.lastUsedAt > touchMs) await this.#store.touchSession(session.id, now);
    const { serverRole } = account;
    const principal = { user: account.id, session: session.id, serverRole, expiresAt: session.expiresAt };
    this.#remember(key, { principal, until: Math.min(now + rememberedMs, session.expiresAt) });
    return principal;
  }

  list(user: UserId): Promise<readonly Session[]> {
    return this.#store.sessionsOf(user);
  }

  /** Notes that sessions are in use: a socket that is open uses its own. */
  async used(ids: readonly string[]): Promise<void> {
    const now = this.#clock.now();
    await Promise.all(ids.map((id) => this.#store.touchSession(id, now)));
  }

  /** Ends sessions of somebody; returns the ids of those that were there. */
  async end(user: UserId, ids: readonly string[]): Promise<readonly string[]> {
    const now = this.#clock.now();
    const ended = await Promise.all(
      ids.map(async (id) => ((await this.#store.deleteSession(user, id, now)) ? [id] : [])),
    );
    const gone = ended.flat();
    this.forgetEnded(gone);
    return gone;
  }

  /** These sessions have ended, here or elsewhere: what is remembered of them no longer counts. */
  forgetEnded(ids: Iterable<string>): void {
    const gone = new Set(ids);
    if (gone.size === 0) return;
    for (const id of gone) this.#ended.add(id);
    for (const id of this.#ended) {
      if (this.#ended.size <= maxEnded) break;
      this.#ended.delete(id);
    }
    for (const [key, { principal }] of this.#remembered) if (gone.has(principal.session)) this.#remembered.delete(key);
  }

  /** Forgets what is remembered of an account whose rank changed. */
  forget(account: Account): void {
    for (const [key, { principal }] of this.#remembered)
      if (principal.user === account.id) this.#remembered.delete(key);
  }

  #remember(key: string, remembered: Remembered): void {
    if (this.#ended.has(remembered.principal.session)) return;
    this.#remembered.set(key, remembered);
    const [oldest] = this.#remembered.keys();
    if (this.#remembered.size > maxRemembered && oldest !== undefined) this.#remembered.delete(oldest);
  }
}
