import { randomBytes } from 'node:crypto';
import { type CreateInvite, type Invite, mayOnServer, ParleyError, type UserId } from '@parley/protocol';
import type { Clock } from '../clock.ts';
import type { Principal } from '../gateway/port.ts';
import type { RecordStore, StoredInvite } from '../store/port.ts';

const weekMs = 7 * 86_400_000;

/** Links that let somebody make an account. */
export class Invites {
  readonly #store: RecordStore;
  readonly #clock: Clock;
  readonly #publicUrl: () => string;

  constructor(store: RecordStore, clock: Clock, publicUrl: () => string) {
    this.#store = store;
    this.#clock = clock;
    this.#publicUrl = publicUrl;
  }

  /** Everybody but guests may invite. */
  async create(
    { user, serverRole }: Principal,
    { expiresInMs = weekMs, uses = 1, conversation }: CreateInvite,
  ): Promise<Invite> {
    if (!mayOnServer('inviteToServer', serverRole)) throw new ParleyError('forbidden');
    const invite: StoredInvite = {
      code: randomBytes(15).toString('base64url'),
      createdBy: user,
      expiresAt: this.#clock.now() + expiresInMs,
      usesLeft: uses,
      ...(conversation === undefined ? {} : { conversation }),
    };
    await this.#store.createInvite(invite);
    return this.#shown(invite);
  }

  async list(user: UserId): Promise<Invite[]> {
    return (await this.#store.invitesOf(user)).map((invite) => this.#shown(invite));
  }

  async delete(user: UserId, code: string): Promise<void> {
    if (!(await this.#store.deleteInvite(user, code))) throw new ParleyError('not-found');
  }

  /** Whether a link still works, and who made it. Anybody who has the link may ask. */
  async inspect(code: string): Promise<{ isValid: boolean; invitedBy?: string }> {
    const invite = await this.#store.inviteByCode(code);
    if (invite === undefined || invite.usesLeft < 1 || invite.expiresAt <= this.#clock.now()) return { isValid: false };
    const inviter = await this.#store.accountById(invite.createdBy);
    return { isValid: true, ...(inviter === undefined ? {} : { invitedBy: inviter.displayName }) };
  }

  #shown(invite: StoredInvite): Invite {
    return { ...invite, url: `${this.#publicUrl()}/invite/${invite.code}` };
  }
}
