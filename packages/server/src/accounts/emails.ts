import { type EmailState, ParleyError, type UserId } from '@parley/protocol';
import { userId } from '@parley/protocol/schemas';
import { z } from 'zod';
import type { Clock } from '../clock.ts';
import type { RateLimit } from '../gateway/rate.ts';
import { localRates, type RateSource } from '../limits/shared-rates.ts';
import type { Mailer } from '../mail/port.ts';
import type { DocumentStore } from '../store/documents.ts';
import { Links } from './links.ts';
import { hashOf } from './secrets.ts';
import { Shelf } from './shelf.ts';

const linkMs = 24 * 3_600_000;

const ofAccount = z.object({ email: z.string(), verifiedAt: z.number() });
const ofEmail = z.object({ user: userId });

export interface EmailsOptions {
  readonly store: DocumentStore;
  readonly clock: Clock;
  readonly mailer: Mailer | undefined;
  readonly serverName: string;
  readonly publicUrl: () => string;
  /** Where mails to one address are counted; default: in this process. */
  readonly rates?: RateSource | undefined;
}

/** The form in which addresses are compared: nobody has two that differ in capitals only. */
export const plainEmail = (email: string): string => email.trim().normalize('NFC').toLowerCase();
/** What an address is filed under, since names of documents are ASCII and short. */
const keyOf = (email: string): string => hashOf(plainEmail(email));

/**
 * The e-mail addresses of accounts. One belongs to an account once a link that was sent to it was followed, to one account
 * at a time; nobody but its owner sees it.
 */
export class Emails {
  readonly #options: EmailsOptions;
  readonly #accounts: Shelf<typeof ofAccount>;
  readonly #owners: Shelf<typeof ofEmail>;
  readonly #links: Links;
  /** Mails to one address: three at once, then one in ten minutes, whoever asks. */
  readonly #sent: RateLimit;

  constructor(options: EmailsOptions) {
    const { store, clock, rates = localRates(clock) } = options;
    this.#options = options;
    this.#accounts = new Shelf(store, 'account-email', ofAccount);
    this.#owners = new Shelf(store, 'email', ofEmail);
    this.#links = new Links(store, 'email-link', clock);
    this.#sent = rates.limit('mails', { perSecond: 1 / 600, burst: 3 });
  }

  get canSend(): boolean {
    return this.#options.mailer !== undefined;
  }

  async of(user: UserId): Promise<string | undefined> {
    return (await this.#accounts.get(user, 'current'))?.body.email;
  }

  async ownerOf(email: string): Promise<UserId | undefined> {
    return (await this.#owners.get(keyOf(email), 'owner'))?.body.user;
  }

  async state(user: UserId): Promise<EmailState> {
    const [email, waiting] = await Promise.all([this.of(user), this.#links.waiting(user)]);
    return {
      canSend: this.canSend,
      ...(email === undefined ? {} : { email }),
      ...(waiting?.email === undefined ? {} : { waiting: waiting.email }),
    };
  }

  /** Sends a link to an address that somebody says is theirs. Whether somebody else has it is told to who follows the link, to nobody else. */
  async begin(user: UserId, handle: string, email: string): Promise<void> {
    const { serverName, publicUrl } = this.#options;
    const token = await this.#links.make(user, linkMs, email.trim());
    await this.send(email.trim(), {
      subject: `Is this your address? (${serverName})`,
      text: `Somebody, probably you, says that this address belongs to @${handle} on ${serverName}.\n\nIf so, follow this link within a day:\n\n${publicUrl()}/verify#${token}\n\nIf not, nothing needs to be done.`,
    });
  }

  /**
   * The link was followed: the address is the account's now. Its former address hears of it.
   * @throws ParleyError `link-invalid`, `email-taken`
   */
  async confirm(token: string): Promise<UserId> {
    const link = await this.#links.look(token);
    const { user } = link;
    const email = link.body.email ?? '';
    await this.#links.use(link);
    await this.claim(user, email);
    return user;
  }

  /**
   * Gives an address that was proved to be somebody's to their account.
   * @throws ParleyError `email-taken` when it is another account's
   */
  async claim(user: UserId, email: string): Promise<void> {
    const { clock, serverName } = this.#options;
    const isNew = await this.#owners.put(keyOf(email), 'owner', { user }, 0);
    if (!isNew && (await this.ownerOf(email)) !== user) throw new ParleyError('email-taken', { field: 'email' });
    const former = await this.of(user);
    await this.#accounts.set(user, 'current', { email, verifiedAt: clock.now() });
    if (former === undefined || keyOf(former) === keyOf(email)) return;
    await this.#owners.delete(keyOf(former), 'owner');
    const text = `Your account on ${serverName} has another e-mail address from now on. If that was not you, tell an administrator at once.`;
    // It stands, whether or not the former address can still be reached.
    await this.send(former, { subject: `Another address (${serverName})`, text }).catch(() => undefined);
  }

  async remove(user: UserId): Promise<void> {
    const email = await this.of(user);
    await this.#links.forget(user);
    if (email === undefined) return;
    await this.#accounts.delete(user, 'current');
    await this.#owners.delete(keyOf(email), 'owner');
  }

  /** @throws ParleyError `no-mail` where this server sends none, `rate-limited`, `unavailable` */
  async send(to: string, { subject, text }: { readonly subject: string; readonly text: string }): Promise<void> {
    const { mailer } = this.#options;
    if (mailer === undefined) throw new ParleyError('no-mail');
    const waitMs = this.#sent.charge(keyOf(to));
    if (waitMs > 0) throw new ParleyError('rate-limited', { retryAfterMs: waitMs });
    await mailer.send({ to, subject, text });
  }
}
