import { z } from 'zod';
import type { Clock } from '../clock.ts';
import type { DocumentStore } from '../store/documents.ts';
import type { Session } from '../store/port.ts';
import { hashOf } from './secrets.ts';
import { Shelf } from './shelf.ts';

/** A session's token is replaced at most so often. */
export const turnMs = 86_400_000;
/** How long the old token is taken once the new one was used: requests under way, other tabs. */
export const graceMs = 600_000;

const turn = z.object({
  /** Hashes of the token that is valid, and of the one before it. */
  current: z.string(),
  previous: z.string(),
  turnedAt: z.number(),
  /** When the previous token ends. Absent until the current one is used: the answer that told it may have been lost. */
  retireAt: z.number().optional(),
});
/** Which session a token stands for that is not the session's first. */
const secret = z.object({ session: z.string(), origin: z.string() });

/**
 * Tokens of a session that follow its first one. A session's row keeps the first token's hash; the documents here say which
 * token is valid now. A token that was replaced and comes back after its time was copied by somebody: its session ends
 * (as OAuth does with refresh tokens, RFC 9700, section 4.14).
 */
export class SessionTurns {
  readonly #turns: Shelf<typeof turn>;
  readonly #secrets: Shelf<typeof secret>;
  readonly #clock: Clock;

  constructor(store: DocumentStore, clock: Clock) {
    this.#turns = new Shelf(store, 'session-turn', turn);
    this.#secrets = new Shelf(store, 'session-secret', secret);
    this.#clock = clock;
  }

  /** The hash of the first token of the session that a later token's hash stands for. */
  async originOf(tokenHash: string): Promise<string | undefined> {
    return (await this.#secrets.get(tokenHash, 'session'))?.body.origin;
  }

  /** Whether a token that stood for the session once does so now. */
  async isValid({ id, user, tokenHash: origin }: Session, tokenHash: string): Promise<boolean> {
    const found = await this.#turns.get(user, id);
    if (found === undefined) return tokenHash === origin;
    const { body, version } = found;
    const now = this.#clock.now();
    if (tokenHash === body.previous) return body.retireAt === undefined || now < body.retireAt;
    if (tokenHash !== body.current) return false;
    // Whether this succeeds or somebody else notes it at the same moment is all the same.
    if (body.retireAt === undefined) await this.#turns.put(user, id, { ...body, retireAt: now + graceMs }, version);
    return true;
  }

  /**
   * Replaces the token of a session when it is a day old, or when its answer was lost and the one before it comes again.
   * @param next makes a token
   * @returns the new token, or `undefined` where there is to be none
   */
  async turn(session: Session, presented: string, next: () => string): Promise<string | undefined> {
    const { id, user, tokenHash: origin } = session;
    const found = await this.#turns.get(user, id);
    const now = this.#clock.now();
    const isLost = found !== undefined && presented === found.body.previous && found.body.retireAt === undefined;
    const isDue = now - (found?.body.turnedAt ?? session.createdAt) >= turnMs;
    const isCurrent = presented === (found?.body.current ?? origin);
    if (!isLost && !(isDue && isCurrent)) return undefined;
    const token = next();
    const current = hashOf(token);
    await this.#secrets.put(current, 'session', { session: id, origin }, 0);
    if (!(await this.#turns.put(user, id, { current, previous: presented, turnedAt: now }, found?.version ?? 0))) {
      await this.#secrets.delete(current, 'session');
      return undefined;
    }
    const unneeded = isLost ? found.body.current : found?.body.previous;
    if (unneeded !== undefined) await this.#secrets.delete(unneeded, 'session');
    return token;
  }

  /** The session has ended: nothing of it is kept. */
  async forget(user: string, id: string): Promise<void> {
    const found = await this.#turns.get(user, id);
    if (found === undefined) return;
    await this.#turns.delete(user, id);
    await Promise.all([found.body.current, found.body.previous].map((hash) => this.#secrets.delete(hash, 'session')));
  }
}
