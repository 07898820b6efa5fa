import { isUserId, outranksOnServer, ParleyError, type UserId } from '@parley/protocol';
import { z } from 'zod';
import { Shelf } from '../accounts/shelf.ts';
import type { Audit, Origin } from '../audit/index.ts';
import type { Clock } from '../clock.ts';
import type { Principal } from '../gateway/port.ts';
import type { DocumentStore } from '../store/documents.ts';
import type { RecordStore } from '../store/port.ts';

const kept = z.object({ by: z.string(), at: z.number(), until: z.number().optional() });
const owner = 'server';
/** Accounts that are deleted are kept apart: nobody lifts that. */
const deleted = 'deleted';

/** A ban from the server, as administrators see it. */
export interface AccountBan {
  readonly user: UserId;
  readonly by: UserId;
  readonly at: number;
  /** Absent: for good. */
  readonly until?: number;
}

export interface BansOptions {
  readonly store: RecordStore & DocumentStore;
  readonly clock: Clock;
  readonly audit: Audit;
  /** Ends every session of somebody, service tokens too, on every node within a second. */
  readonly endSessions: (user: UserId) => Promise<void>;
}

/** Bans from the server: an account that is banned has no session and gets none. */
export class Bans {
  readonly #shelf: Shelf<typeof kept>;
  readonly #options: BansOptions;

  constructor(options: BansOptions) {
    this.#options = options;
    this.#shelf = new Shelf(options.store, 'ban', kept);
  }

  /**
   * Rejects with `banned` where an account is. Called after a session was made and before its token is told: a ban that comes
   * at the same time either is seen here, or finds the session among those it ends.
   */
  async refuse(user: UserId): Promise<void> {
    const [found, closed] = await Promise.all([this.#shelf.get(owner, user), this.#shelf.get(deleted, user)]);
    if (closed !== undefined) throw new ParleyError('banned', { message: 'This account is deleted.' });
    const ban = found?.body;
    if (ban !== undefined && (ban.until ?? Number.POSITIVE_INFINITY) > this.#options.clock.now())
      throw new ParleyError('banned', { message: 'This account is banned from this server.' });
  }

  /** @param forMs for how long; absent: until it is lifted */
  async ban(by: Principal, user: UserId, forMs: number | undefined, from: Origin): Promise<void> {
    const { store, clock, audit, endSessions } = this.#options;
    const account = await store.accountById(user);
    if (account === undefined) throw new ParleyError('not-found');
    if (user === by.user || !outranksOnServer(by.serverRole, account.serverRole))
      throw new ParleyError('forbidden', { message: 'Only somebody mightier may ban them.' });
    const at = clock.now();
    await this.#shelf.set(owner, user, { by: by.user, at, ...(forMs === undefined ? {} : { until: at + forMs }) });
    await endSessions(user);
    audit.record({
      act: 'account.banned',
      actor: by.user,
      target: user,
      from,
      ...(forMs === undefined ? {} : { detail: { forMs } }),
    });
  }

  /** For good, and by nobody in particular: the account is being deleted. */
  async close(user: UserId): Promise<void> {
    await this.#shelf.set(deleted, user, { by: user, at: this.#options.clock.now() });
  }

  async lift(by: Principal, user: UserId, from: Origin): Promise<void> {
    if (!(await this.#shelf.delete(owner, user))) throw new ParleyError('not-found');
    this.#options.audit.record({ act: 'account.unbanned', actor: by.user, target: user, from });
  }

  async list(limit = 500): Promise<AccountBan[]> {
    const now = this.#options.clock.now();
    return (await this.#shelf.list(owner, limit)).flatMap(({ key, body: { by, at, until } }) => {
      if (!isUserId(key) || !isUserId(by) || (until !== undefined && until <= now)) return [];
      return [{ user: key, by, at, ...(until === undefined ? {} : { until }) }];
    });
  }
}
