import {
  type CreatedToken,
  type CreateToken,
  type CreateTokenFor,
  limits,
  mayOnServer,
  ParleyError,
  type Scope,
  type ServiceToken,
  type UserId,
} from '@parley/protocol';
import { scope, timestamp, userId } from '@parley/protocol/schemas';
import { z } from 'zod';
import type { Clock } from '../clock.ts';
import type { Principal } from '../gateway/port.ts';
import type { DocumentStore } from '../store/documents.ts';
import type { Account, RecordStore, Session } from '../store/port.ts';
import type { Proof } from './proof.ts';
import type { Sessions } from './sessions.ts';
import { Shelf } from './shelf.ts';

const defaultLifeMs = 90 * 86_400_000;

const kept = z.object({ name: z.string(), scopes: z.array(scope), createdBy: userId, createdAt: timestamp });

/** Whose scopes a session has: documents of kind `token`, owned by the account, under the session's id. */
export class TokenScopes {
  readonly shelf: Shelf<typeof kept>;

  constructor(store: DocumentStore) {
    this.shelf = new Shelf(store, 'token', kept);
  }

  async of(user: UserId, session: string): Promise<readonly Scope[] | undefined> {
    return (await this.shelf.get(user, session))?.body.scopes;
  }
}

export interface ServiceTokensOptions {
  readonly store: RecordStore;
  readonly sessions: Sessions;
  readonly scopes: TokenScopes;
  readonly proof: Proof;
  readonly clock: Clock;
  readonly onRevoked: (sessions: readonly string[]) => void;
}

/**
 * Tokens for programs: with a name, scopes and an end. Each is a session of its account, so that what is promised of
 * sessions holds for them: stored hashed, seen in a list, ended everywhere within a second.
 */
export class ServiceTokens {
  readonly #options: ServiceTokensOptions;

  constructor(options: ServiceTokensOptions) {
    this.#options = options;
  }

  /**
   * Makes a token for a program of one's own, and tells it, once.
   * @param address where the wish comes from, for the limit of guesses at the password
   * @throws ParleyError `forbidden` for a scope that one's rank does not have, `limit-reached`, and what `Proof.confirm` throws
   */
  async create(by: Principal, { password, ...wish }: CreateToken, address: string): Promise<CreatedToken> {
    const account = await this.#confirmed(by, password, address);
    return this.#make(by, account, wish);
  }

  /**
   * The same of somebody else's account, for administrators: of a member or guest, never of somebody as mighty.
   * @throws ParleyError beside those `not-found`
   */
  async createFor(by: Principal, { user, password, ...wish }: CreateTokenFor, address: string): Promise<CreatedToken> {
    if (!mayOnServer('makeTokens', by.serverRole)) throw new ParleyError('forbidden');
    await this.#confirmed(by, password, address);
    const owner = await this.#options.store.accountById(user);
    if (owner === undefined) throw new ParleyError('not-found');
    if (owner.serverRole === 'owner' || owner.serverRole === 'admin') throw new ParleyError('forbidden');
    return this.#make(by, owner, wish);
  }

  /** The newest first. What has ended by time is forgotten. */
  async list(user: UserId): Promise<ServiceToken[]> {
    const { sessions, scopes, clock } = this.#options;
    const open = new Map((await sessions.list(user)).map((session) => [session.id, session]));
    const listed: ServiceToken[] = [];
    for (const { key, body } of await scopes.shelf.list(user, limits.maxTokensPerAccount)) {
      const session = open.get(key);
      if (session === undefined || session.expiresAt <= clock.now()) await this.#end(user, key);
      else listed.push(shown(session, body));
    }
    return listed.toSorted((a, b) => b.createdAt - a.createdAt);
  }

  /** Ends one of somebody's tokens. Rejects with `not-found` when it is not theirs. */
  async revoke(user: UserId, id: string): Promise<void> {
    const ended = await this.#end(user, id);
    if (ended.length === 0) throw new ParleyError('not-found');
    this.#options.onRevoked(ended);
  }

  /** Ends all of somebody's tokens. */
  async revokeAll(user: UserId): Promise<void> {
    const kept = await this.#options.scopes.shelf.list(user, limits.maxTokensPerAccount);
    const ended = await Promise.all(kept.map(({ key }) => this.#end(user, key)));
    this.#options.onRevoked(ended.flat());
  }

  async #make(by: Principal, owner: Account, wish: Omit<CreateToken, 'password'>): Promise<CreatedToken> {
    const { sessions, scopes: kept, clock } = this.#options;
    const { name, scopes, expiresInMs = defaultLifeMs } = wish;
    refuseBeyond(scopes, owner);
    if ((await this.list(owner.id)).length >= limits.maxTokensPerAccount)
      throw new ParleyError('limit-reached', { message: 'This account has 50 tokens. Remove one that is not needed.' });
    const { token, session } = await sessions.open('service', owner.id, name, expiresInMs);
    const body = { name, scopes: [...new Set(scopes)], createdBy: by.user, createdAt: clock.now() };
    await kept.shelf.put(owner.id, session.id, body, 0);
    return { ...shown(session, body), token };
  }

  async #confirmed(by: Principal, password: string | undefined, address: string): Promise<Account> {
    const account = await this.#options.store.accountById(by.user);
    if (account === undefined) throw new ParleyError('not-found');
    await this.#options.proof.confirm(by, account, password, address);
    return account;
  }

  async #end(user: UserId, id: string): Promise<readonly string[]> {
    const { sessions, scopes } = this.#options;
    // Without scopes the token is worth nothing, whatever becomes of the rest.
    if (!(await scopes.shelf.delete(user, id))) return [];
    return sessions.end(user, [id]);
  }
}

function refuseBeyond(scopes: readonly Scope[], { serverRole }: Account): void {
  const wants = (wanted: Scope): boolean => scopes.includes(wanted);
  if (wants('admin') && !mayOnServer('makeAccounts', serverRole))
    throw new ParleyError('forbidden', { message: 'Only administrators have what the scope “admin” lets a token do.' });
  if (wants('invite') && !mayOnServer('inviteToServer', serverRole))
    throw new ParleyError('forbidden', { message: 'This account may not invite, so its tokens may not either.' });
}

const shown = (session: Session, body: z.infer<typeof kept>): ServiceToken => ({
  id: session.id,
  ...body,
  lastUsedAt: session.lastUsedAt,
  expiresAt: session.expiresAt,
});
