import { type CodeNeeded, isUserId, ParleyError, type UserId } from '@parley/protocol';
import { z } from 'zod';
import type { Clock } from '../clock.ts';
import type { DocumentStore } from '../store/documents.ts';
import { hashOf, newSecret } from './secrets.ts';
import { type Kept, Shelf } from './shelf.ts';

/** Time to find the telephone. */
const lifeMs = 5 * 60_000;
/** Wrong codes for one challenge; then the password is asked for again. */
const maxWrong = 5;
/** Begun at once by one account; of more, the oldest ends. */
const maxOpen = 20;

const kept = z.object({ device: z.string(), expiresAt: z.number(), wrong: z.number() });

/** A sign-in whose first step was right: it waits for a code, under a challenge that only its owner was told. */
export class SecondStep {
  readonly #shelf: Shelf<typeof kept>;
  readonly #clock: Clock;

  constructor(store: DocumentStore, clock: Clock) {
    this.#shelf = new Shelf(store, 'sign-in', kept);
    this.#clock = clock;
  }

  async begin(user: UserId, device: string): Promise<CodeNeeded> {
    const now = this.#clock.now();
    const open = await this.#shelf.list(user, maxOpen);
    const [oldest] = open.toSorted((a, b) => a.body.expiresAt - b.body.expiresAt);
    const gone = open.filter(({ body }) => body.expiresAt <= now);
    if (gone.length === 0 && open.length === maxOpen && oldest !== undefined) gone.push(oldest);
    await Promise.all(gone.map(({ key }) => this.#shelf.delete(user, key)));
    const secret = newSecret();
    await this.#shelf.put(user, hashOf(secret), { device, expiresAt: now + lifeMs, wrong: 0 }, 0);
    return { challenge: `${user}.${secret}`, expiresInMs: lifeMs };
  }

  /**
   * Carries out the second step of a challenge, and ends it when that succeeds.
   * @param judge rejects with `wrong-code`
   * @throws ParleyError `link-invalid` where there is no such challenge any more, and what `judge` rejects with
   */
  async finish(challenge: string, judge: (user: UserId) => Promise<void>): Promise<{ user: UserId; device: string }> {
    const [user = '', secret = ''] = challenge.split('.', 2);
    const key = hashOf(secret);
    const found = isUserId(user) ? await this.#shelf.get(user, key) : undefined;
    if (!isUserId(user) || found === undefined || found.body.expiresAt <= this.#clock.now()) throw ended();
    try {
      await judge(user);
    } catch (error) {
      if (error instanceof ParleyError && error.code === 'wrong-code') await this.#missed(user, found);
      throw error;
    }
    if (!(await this.#shelf.delete(user, key))) throw ended();
    return { user, device: found.body.device };
  }

  async #missed(user: UserId, { key, version, body }: Kept<z.infer<typeof kept>>): Promise<void> {
    const wrong = body.wrong + 1;
    if (wrong >= maxWrong) await this.#shelf.delete(user, key);
    else await this.#shelf.put(user, key, { ...body, wrong }, version);
  }
}

const ended = (): ParleyError =>
  new ParleyError('link-invalid', {
    message: 'This took too long, or too many codes were wrong. Please sign in again.',
  });
