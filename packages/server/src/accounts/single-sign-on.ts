import { ParleyError, type SsoLink, type UserId } from '@parley/protocol';
import { userId } from '@parley/protocol/schemas';
import { z } from 'zod';
import type { Clock } from '../clock.ts';
import type { Principal } from '../gateway/port.ts';
import type { DocumentStore } from '../store/documents.ts';
import type { Account, RecordStore } from '../store/port.ts';
import type { Emails } from './emails.ts';
import { hashOf } from './secrets.ts';
import type { Sessions } from './sessions.ts';
import { Shelf } from './shelf.ts';
import type { SsoIdentity, SsoProvider } from './sso-provider.ts';
import { SsoTickets } from './sso-tickets.ts';

const maxLinks = 10;
const ofIdentity = z.object({ user: userId });
const ofAccount = z.object({ issuer: z.string(), email: z.string().optional(), linkedAt: z.number() });

export interface SingleSignOnOptions {
  readonly store: RecordStore & DocumentStore;
  readonly clock: Clock;
  readonly emails: Emails;
  readonly sessions: Sessions;
  readonly publicUrl: () => string;
  readonly provider: SsoProvider | undefined;
  /** Makes an account for who is not known, or rejects where nobody may have one this way. */
  readonly welcome: (identity: SsoIdentity) => Promise<Account>;
}

/**
 * Signing in by an OpenID provider. An identity there belongs to an account when its owner, signed in, wished so, or when
 * the provider proved an e-mail address that the account has proved as well. Nothing else links them, least of all a name.
 */
export class SingleSignOn {
  readonly #options: SingleSignOnOptions;
  readonly #identities: Shelf<typeof ofIdentity>;
  readonly #links: Shelf<typeof ofAccount>;
  readonly #tickets: SsoTickets;

  constructor(options: SingleSignOnOptions) {
    this.#options = options;
    this.#identities = new Shelf(options.store, 'sso-identity', ofIdentity);
    this.#links = new Shelf(options.store, 'sso-link', ofAccount);
    this.#tickets = new SsoTickets(options.store, options.clock);
  }

  /**
   * Where to send the browser, and the ticket it has to bring back.
   * @param by who wishes to link their account; absent to sign in
   * @throws ParleyError `not-found` where there is no provider, `unavailable`
   */
  async begin(by?: Principal): Promise<{ url: string; ticket: string }> {
    const { url, ...checks } = await this.#provider.begin(this.#callback);
    const link = by === undefined ? {} : { link: { user: by.user, session: by.session } };
    return { url, ticket: await this.#tickets.seal({ ...checks, ...link }) };
  }

  /**
   * Whose account it is that came back from the provider, or that was linked.
   * @param query of the address it came back to
   * @throws ParleyError `sso-refused`, `already-exists` when the identity is another account's, and what `welcome` throws
   */
  async finish(query: string, sealed: string | undefined): Promise<{ account: Account; isLinking: boolean }> {
    const { store, emails, sessions, welcome } = this.#options;
    const ticket = sealed === undefined ? undefined : await this.#tickets.open(sealed);
    if (ticket === undefined) throw new ParleyError('sso-refused');
    const identity = await this.#provider.finish(new URL(`${this.#callback}${query}`), ticket);
    const known = (await this.#identities.get(keyOf(identity), 'account'))?.body.user;
    if (ticket.link !== undefined) {
      const { user, session } = ticket.link;
      // Their session may have ended meanwhile, by their own hand above all.
      if (!(await sessions.list(user)).some(({ id }) => id === session)) throw new ParleyError('sso-refused');
      if (known !== undefined && known !== user) throw new ParleyError('already-exists', { message: linkedElsewhere });
      return { account: await this.#link(user, identity), isLinking: true };
    }
    if (known !== undefined) {
      const account = await store.accountById(known);
      if (account === undefined) throw new ParleyError('sso-refused');
      return { account, isLinking: false };
    }
    const owner = identity.email === undefined ? undefined : await emails.ownerOf(identity.email);
    if (owner !== undefined) return { account: await this.#link(owner, identity), isLinking: false };
    const made = await welcome(identity);
    const account = await this.#link(made.id, identity);
    if (identity.email !== undefined) await emails.claim(account.id, identity.email);
    return { account, isLinking: false };
  }

  async list(user: UserId): Promise<SsoLink[]> {
    return (await this.#links.list(user, maxLinks)).map(({ key, body }) => ({ id: key, ...body }));
  }

  /** @throws ParleyError `not-found` */
  async unlink(user: UserId, id: string): Promise<void> {
    if (!/^[0-9a-f]{64}$/.test(id) || !(await this.#links.delete(user, id))) throw new ParleyError('not-found');
    await this.#identities.delete(id, 'account');
  }

  async #link(user: UserId, identity: SsoIdentity): Promise<Account> {
    const { store, clock } = this.#options;
    const account = await store.accountById(user);
    if (account === undefined) throw new ParleyError('sso-refused');
    const key = keyOf(identity);
    const isNew = await this.#identities.put(key, 'account', { user }, 0);
    // Somebody else may have linked it at this moment.
    if (!isNew && (await this.#identities.get(key, 'account'))?.body.user !== user)
      throw new ParleyError('already-exists', { message: linkedElsewhere });
    const email = identity.email === undefined ? {} : { email: identity.email };
    await this.#links.set(user, key, { issuer: identity.issuer, linkedAt: clock.now(), ...email });
    return account;
  }

  get #provider(): SsoProvider {
    const { provider } = this.#options;
    if (provider === undefined) throw new ParleyError('not-found', { message: 'This server has no single sign-on.' });
    return provider;
  }

  get #callback(): string {
    return `${this.#options.publicUrl()}/api/v1/sso/callback`;
  }
}

const linkedElsewhere = 'This identity belongs to another account here.';
const keyOf = ({ issuer, subject }: SsoIdentity): string => hashOf(`${issuer} ${subject}`);
