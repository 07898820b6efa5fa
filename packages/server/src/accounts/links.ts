import { isUserId, ParleyError, type UserId } from '@parley/protocol';
import { z } from 'zod';
import type { Clock } from '../clock.ts';
import type { DocumentStore } from '../store/documents.ts';
import { fits, hashOf, newSecret } from './secrets.ts';
import { type Kept, Shelf } from './shelf.ts';

const kept = z.object({ hash: z.string(), expiresAt: z.number(), email: z.string().optional() });
export type KeptLink = z.infer<typeof kept>;

/**
 * What a link in a mail proves: that its holder was sent it. Each account has one of a kind at a time, a newer one ends
 * those before it. Used once, stored hashed, and good for a while.
 */
export class Links {
  readonly #shelf: Shelf<typeof kept>;
  readonly #clock: Clock;

  constructor(store: DocumentStore, kind: string, clock: Clock) {
    this.#shelf = new Shelf(store, kind, kept);
    this.#clock = clock;
  }

  /** The token that goes into the link. */
  async make(user: UserId, lifeMs: number, email?: string): Promise<string> {
    const secret = newSecret();
    const expiresAt = this.#clock.now() + lifeMs;
    await this.#shelf.set(user, 'current', {
      hash: hashOf(secret),
      expiresAt,
      ...(email === undefined ? {} : { email }),
    });
    return `${user}.${secret}`;
  }

  /**
   * Whose link it is, without using it.
   * @throws ParleyError `link-invalid`
   */
  async look(token: string): Promise<Kept<KeptLink> & { readonly user: UserId }> {
    const [user = '', secret = ''] = token.split('.', 2);
    const found = isUserId(user) ? await this.#shelf.get(user, 'current') : undefined;
    if (found === undefined || !isUserId(user) || !fits(secret, found.body.hash)) throw new ParleyError('link-invalid');
    if (found.body.expiresAt <= this.#clock.now()) throw new ParleyError('link-invalid');
    return { ...found, user };
  }

  /**
   * Uses a link that was looked at; of two who do so at once, one.
   * @throws ParleyError `link-invalid`
   */
  async use({ user, version }: Awaited<ReturnType<Links['look']>>): Promise<void> {
    if (!(await this.#shelf.delete(user, 'current', version))) throw new ParleyError('link-invalid');
  }

  /** The one that waits to be used. */
  async waiting(user: UserId): Promise<KeptLink | undefined> {
    const found = await this.#shelf.get(user, 'current');
    return found !== undefined && found.body.expiresAt > this.#clock.now() ? found.body : undefined;
  }

  async forget(user: UserId): Promise<void> {
    await this.#shelf.delete(user, 'current');
  }
}
