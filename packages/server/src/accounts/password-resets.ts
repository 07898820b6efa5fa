import { mayOnServer, outranksOnServer, ParleyError, type PasswordResetLink, type UserId } from '@parley/protocol';
import type { Clock } from '../clock.ts';
import type { Principal } from '../gateway/port.ts';
import type { DocumentStore } from '../store/documents.ts';
import type { Account, RecordStore } from '../store/port.ts';
import type { Background } from './background.ts';
import { refuseWeak } from './common-passwords.ts';
import type { Emails } from './emails.ts';
import { Links } from './links.ts';
import { hashPassword } from './passwords.ts';

/** By mail: whoever asked is waiting for it. */
const mailedMs = 30 * 60_000;
/** By an administrator, who has to hand it over first. */
const handedMs = 24 * 3_600_000;

export interface PasswordResetsOptions {
  readonly store: RecordStore & DocumentStore;
  readonly clock: Clock;
  readonly emails: Emails;
  readonly background: Background;
  readonly serverName: string;
  readonly publicUrl: () => string;
  /** Ends every session and token of somebody. */
  readonly endEverything: (user: UserId) => Promise<void>;
}

/** A new password for who has forgotten theirs: by a link that is mailed, or that an administrator hands over. */
export class PasswordResets {
  readonly #options: PasswordResetsOptions;
  readonly #links: Links;

  constructor(options: PasswordResetsOptions) {
    this.#options = options;
    this.#links = new Links(options.store, 'password-reset', options.clock);
  }

  /**
   * Mails a link to an address, if it is an account's; nothing in the answer, nor its time, tells.
   * @throws ParleyError `no-mail` where this server sends none
   */
  ask(email: string): void {
    const { emails, background, store, serverName } = this.#options;
    if (!emails.canSend) throw new ParleyError('no-mail');
    background.begin('a password reset', async () => {
      const user = await emails.ownerOf(email);
      const account = user === undefined ? undefined : await store.accountById(user);
      const to = account === undefined ? undefined : await emails.of(account.id);
      if (account === undefined || to === undefined) return;
      const url = await this.#link(account.id, mailedMs);
      await emails.send(to, {
        subject: `A new password (${serverName})`,
        text: `Somebody, probably you, asked for a new password for @${account.name} on ${serverName}.\n\nChoose it here within half an hour:\n\n${url}\n\nIf it was not you, nothing needs to be done: your password stays.`,
      });
    });
  }

  /**
   * Makes a link for an administrator to hand over.
   * @throws ParleyError `forbidden` where the account is as mighty as who asks, `not-found`
   */
  async make({ serverRole }: Principal, user: UserId): Promise<PasswordResetLink> {
    if (!mayOnServer('resetPasswords', serverRole)) throw new ParleyError('forbidden');
    const account = await this.#options.store.accountById(user);
    if (account === undefined) throw new ParleyError('not-found');
    if (!outranksOnServer(serverRole, account.serverRole)) throw new ParleyError('forbidden');
    return this.makeFor(account);
  }

  /** The same for who has the store in their hands, and asks nobody. */
  async makeFor({ id }: Pick<Account, 'id'>): Promise<PasswordResetLink> {
    return { url: await this.#link(id, handedMs), expiresAt: this.#options.clock.now() + handedMs };
  }

  /**
   * Sets the password of whose link it is, and ends every session and token of theirs. A second factor stays as it is.
   * @returns whose it was
   * @throws ParleyError `link-invalid`, `weak-password`; after the latter the link still works
   */
  async redeem(token: string, password: string): Promise<UserId> {
    const { store, endEverything } = this.#options;
    const link = await this.#links.look(token);
    const account = await store.accountById(link.user);
    if (account === undefined) throw new ParleyError('link-invalid');
    await refuseWeak(password, account.name);
    const passwordHash = await hashPassword(password);
    await this.#links.use(link);
    await store.updateAccount(account.id, { passwordHash });
    await endEverything(account.id);
    return account.id;
  }

  /** The password was changed otherwise: a link on its way is worth nothing. */
  forget(user: UserId): Promise<void> {
    return this.#links.forget(user);
  }

  // Behind a #, so that it is in no log of a server or proxy, and is told to no other page.
  async #link(user: UserId, lifeMs: number): Promise<string> {
    return `${this.#options.publicUrl()}/reset#${await this.#links.make(user, lifeMs)}`;
  }
}
