import { userId } from '@parley/protocol/schemas';
import { z } from 'zod';
import type { Clock } from '../clock.ts';
import type { DocumentStore } from '../store/documents.ts';
import { ServerKey } from './server-key.ts';

/** From the button to the answer of the provider, where somebody may have to find a password first. */
export const ticketMs = 10 * 60_000;
const macBytes = 32;

const ticket = z.object({
  state: z.string(),
  nonce: z.string(),
  verifier: z.string(),
  expiresAt: z.number(),
  /** Who, signed in, wishes to link their account. */
  link: z.object({ user: userId, session: z.string() }).optional(),
});
export type SsoTicket = z.infer<typeof ticket>;

/** What a browser keeps, in a cookie, while it is at the provider: whoever comes back without it did not begin here. */
export class SsoTickets {
  readonly #key: ServerKey;
  readonly #clock: Clock;

  constructor(store: DocumentStore, clock: Clock) {
    this.#key = new ServerKey(store, 'sso');
    this.#clock = clock;
  }

  async seal(wish: Omit<SsoTicket, 'expiresAt'>): Promise<string> {
    const body = JSON.stringify({ ...wish, expiresAt: this.#clock.now() + ticketMs });
    const told = Buffer.from(body).toString('base64url');
    return `${told}.${(await this.#key.seal(told, macBytes)).toString('base64url')}`;
  }

  /** `undefined` where it is none of ours, or too old. */
  async open(sealed: string): Promise<SsoTicket | undefined> {
    const [told = '', seal = ''] = sealed.split('.', 2);
    const mac = Buffer.from(seal, 'base64url');
    if (mac.length !== macBytes || !(await this.#key.isSealed(told, mac))) return undefined;
    const opened = ticket.parse(JSON.parse(Buffer.from(told, 'base64url').toString()));
    return opened.expiresAt > this.#clock.now() ? opened : undefined;
  }
}
