import { createHash, randomBytes } from 'node:crypto';
import type { UserId } from '@parley/protocol';
import type { Clock } from '../clock.ts';
import type { Principal } from '../gateway/port.ts';
import type { Account, RecordStore, Session } from '../store/port.ts';

const dayMs = 86_400_000;
/** A session that is not used for so long ends. */
const idleMs = 30 * dayMs;
const longestMs = 365 * dayMs;
/** How long a look-up is remembered. Revocation forgets it here at once, on other nodes after this. */
const rememberedMs = 10_000;
const maxRemembered = 50_000;
/** `lastUsedAt` is told to the minute, so that reading a list costs no write. */
const touchMs = 60_000;

const hashOf = (token: string): string => createHash('sha256').update(token).digest('hex');

/** Opaque sessions: the client holds the token, the store its hash. */
export class Sessions {
  readonly #store: RecordStore;
  readonly #clock: Clock;
  readonly #remembered = new Map<string, { readonly principal: Principal; readonly until: number }>();

  constructor(store: RecordStore, clock: Clock) {
    this.#store = store;
    this.#clock = clock;
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
    if (remembered !== undefined && remembered.until > now) return remembered.principal;
    const session = await this.#store.sessionByTokenHash(key);
    if (session === undefined || session.expiresAt <= now || session.lastUsedAt + idleMs <= now) return undefined;
    const account = await this.#store.accountById(session.user);
    if (account === undefined) return undefined;
    if (now - session.lastUsedAt > touchMs) await this.#store.touchSession(session.id, now);
    const principal = { user: account.id, session: session.id, serverRole: account.serverRole };
    this.#remember(key, principal, now);
    return principal;
  }

  list(user: UserId): Promise<readonly Session[]> {
    return this.#store.sessionsOf(user);
  }

  /** Ends sessions of somebody; returns the ids of those that were there. */
  async end(user: UserId, ids: readonly string[]): Promise<readonly string[]> {
    const ended = await Promise.all(ids.map(async (id) => ((await this.#store.deleteSession(user, id)) ? [id] : [])));
    const gone = new Set(ended.flat());
    for (const [key, { principal }] of this.#remembered) if (gone.has(principal.session)) this.#remembered.delete(key);
    return [...gone];
  }

  /** Forgets what is remembered of an account whose rank changed. */
  forget(account: Account): void {
    for (const [key, { principal }] of this.#remembered)
      if (principal.user === account.id) this.#remembered.delete(key);
  }

  #remember(key: string, principal: Principal, now: number): void {
    this.#remembered.set(key, { principal, until: now + rememberedMs });
    const [oldest] = this.#remembered.keys();
    if (this.#remembered.size > maxRemembered && oldest !== undefined) this.#remembered.delete(oldest);
  }
}
