import { randomBytes } from 'node:crypto';
import type { Scope, UserId } from '@parley/protocol';
import type { Clock } from '../clock.ts';
import type { Principal } from '../gateway/port.ts';
import type { DocumentStore } from '../store/documents.ts';
import type { Account, RecordStore, Session } from '../store/port.ts';
import { hashOf, newSecret } from './secrets.ts';
import { SessionTurns } from './session-turns.ts';

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

/** What a token begins with tells people, and scanners of leaked secrets, what it is. */
const prefixes = { session: 'pt_', service: 'ps_' } as const;

interface Remembered {
  readonly principal: Principal;
  readonly until: number;
}

export interface SessionsOptions {
  readonly store: RecordStore & DocumentStore;
  readonly clock: Clock;
  /** Whether this node knows of every session that ended until less than a second ago. */
  readonly mayRemember: () => boolean;
  /** The scopes of a service token; `undefined` where there is no such token any more. */
  readonly scopesOf: (user: UserId, session: string) => Promise<readonly Scope[] | undefined>;
  /** Rejects where somebody may have no session; asked when one was made, before its token is told. */
  readonly refuse?: ((user: UserId) => Promise<void>) | undefined;
}

/** Opaque sessions: the client holds the token, the store its hash. A service token is a session with scopes. */
export class Sessions {
  readonly #store: RecordStore;
  readonly #clock: Clock;
  readonly #turns: SessionTurns;
  readonly #scopesOf: SessionsOptions['scopesOf'];
  readonly #refuse: (user: UserId) => Promise<void>;
  readonly #remembered = new Map<string, Remembered>();
  /** A look-up that began before one of these ended is not remembered after. */
  readonly #ended = new Set<string>();
  readonly #mayRemember: () => boolean;

  constructor({ store, clock, mayRemember, scopesOf, refuse = () => Promise.resolve() }: SessionsOptions) {
    this.#refuse = refuse;
    this.#store = store;
    this.#clock = clock;
    this.#turns = new SessionTurns(store, clock);
    this.#mayRemember = mayRemember;
    this.#scopesOf = scopesOf;
  }

  /** Makes a session and returns its token, which is told only now. */
  async create(user: UserId, device: string): Promise<string> {
    return (await this.open('session', user, device, longestMs)).token;
  }

  /** Makes a session, or the session that a service token is. The token is told only now. */
  async open(
    type: keyof typeof prefixes,
    user: UserId,
    device: string,
    lifeMs: number,
  ): Promise<{ token: string; session: Session }> {
    const token = `${prefixes[type]}${newSecret()}`;
    const now = this.#clock.now();
    const session = {
      id: randomBytes(12).toString('base64url'),
      user,
      tokenHash: hashOf(token),
      device: device.slice(0, 200),
      createdAt: now,
      lastUsedAt: now,
      expiresAt: now + lifeMs,
    };
    await this.#store.createSession(session);
    try {
      await this.#refuse(user);
    } catch (error) {
      await this.end(user, [session.id]);
      throw error;
    }
    return { token, session };
  }

  async authenticate(token: string): Promise<Principal | undefined> {
    const key = hashOf(token);
    const now = this.#clock.now();
    const remembered = this.#remembered.get(key);
    if (remembered !== undefined && remembered.until > now && this.#mayRemember()) return remembered.principal;
    const isService = token.startsWith(prefixes.service);
    const session = await this.#sessionOf(key);
    if (session === undefined || session.expiresAt <= now) return undefined;
    // A service token has a life of its own, however rarely the program runs that has it.
    if (!isService && session.lastUsedAt + idleMs <= now) return undefined;
    const [account, scopes, isValid] = await Promise.all([
      this.#store.accountById(session.user),
      isService ? this.#scopesOf(session.user, session.id) : undefined,
      isService || this.#turns.isValid(session, key),
    ]);
    if (!isValid) {
      await this.end(session.user, [session.id]);
      return undefined;
    }
    if (account === undefined || this.#ended.has(session.id)) return undefined;
    if (isService && scopes === undefined) return undefined;
    if (now - session.lastUsedAt > touchMs) await this.#store.touchSession(session.id, now);
    const principal: Principal = {
      user: account.id,
      session: session.id,
      serverRole: rankWithin(account.serverRole, scopes),
      expiresAt: session.expiresAt,
      ...(scopes === undefined ? {} : { scopes }),
    };
    this.#remember(key, { principal, until: Math.min(now + rememberedMs, session.expiresAt) });
    return principal;
  }

  /** A new token for the session that this one stands for, where it is due; see `SessionTurns`. */
  async turn(token: string): Promise<string | undefined> {
    const key = hashOf(token);
    const session = token.startsWith(prefixes.session) ? await this.#sessionOf(key) : undefined;
    if (session === undefined) return undefined;
    return this.#turns.turn(session, key, () => `${prefixes.session}${newSecret()}`);
  }

  async #sessionOf(tokenHash: string): Promise<Session | undefined> {
    const first = await this.#store.sessionByTokenHash(tokenHash);
    if (first !== undefined) return first;
    const origin = await this.#turns.originOf(tokenHash);
    return origin === undefined ? undefined : this.#store.sessionByTokenHash(origin);
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
    await Promise.all(gone.map((id) => this.#turns.forget(user, id)));
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

/** Whoever holds a token without the scope `admin` is no administrator, whoever made it. */
function rankWithin(rank: Account['serverRole'], scopes: readonly Scope[] | undefined): Account['serverRole'] {
  return scopes === undefined || scopes.includes('admin') || rank === 'guest' ? rank : 'member';
}
