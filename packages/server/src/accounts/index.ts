import {
  type ChangeEmail,
  type ChangeProfile,
  type CodeNeeded,
  type ConfirmedByCode,
  type ConversationId,
  type CreateAccounts,
  type CreatedAccounts,
  type Device,
  type IdSource,
  mayOnServer,
  ParleyError,
  type Profile,
  type SecondStep as SecondStepWish,
  type SignedIn,
  type SignIn,
  type SignUp,
  type UserId,
} from '@parley/protocol';
import type { Clock } from '../clock.ts';
import type { Principal } from '../gateway/port.ts';
import type { RateSource } from '../limits/shared-rates.ts';
import { type Log, silentLog } from '../log.ts';
import type { Mailer } from '../mail/port.ts';
import { profileOf, profilesOf } from '../reads/people.ts';
import type { DocumentStore } from '../store/documents.ts';
import type { Account, RecordStore, Session } from '../store/port.ts';
import { Background } from './background.ts';
import { refuseWeak } from './common-passwords.ts';
import { Emails } from './emails.ts';
import { Invites } from './invites.ts';
import { refuseLookAlike } from './look-alikes.ts';
import { LostFactors } from './lost-factors.ts';
import { isHandle, newAccount, refuseName, welcome } from './new-accounts.ts';
import { OneTimeCodes } from './one-time-codes.ts';
import { Passkeys } from './passkeys.ts';
import { PasswordResets } from './password-resets.ts';
import { hashPassword } from './passwords.ts';
import { Proof } from './proof.ts';
import { SecondStep } from './second-step.ts';
import { ServiceTokens, TokenScopes } from './service-tokens.ts';
import { Sessions } from './sessions.ts';
import { SingleSignOn } from './single-sign-on.ts';
import type { SsoProvider } from './sso-provider.ts';

export interface AccountsOptions {
  readonly store: RecordStore & DocumentStore;
  readonly clock: Clock;
  readonly ids?: IdSource;
  readonly registration: 'open' | 'invite' | 'closed';
  /** The address invitations point to. Asked each time, since the port may be chosen at start. */
  readonly publicUrl: () => string;
  /** These sessions have ended: close their sockets. */
  readonly onRevoked: (sessions: readonly string[]) => void;
  /** Whether this node knows of every session that ended until less than a second ago. */
  readonly knowsEndings: () => boolean;
  /** What sends mail; without it nobody proves an address, and administrators hand out new passwords' links. */
  readonly mailer?: Mailer | undefined;
  /** What mails call this server. */
  readonly serverName?: string;
  readonly log?: Log;
  /** The provider of single sign-on. */
  readonly provider?: SsoProvider | undefined;
  /** Whether whoever the provider knows gets an account, whatever the registration. */
  readonly welcomesByProvider?: boolean;
  /** Where limits of guesses are counted; default: in this process. */
  readonly rates?: RateSource;
  /** Rejects where somebody may have no session, since they are banned. */
  readonly refuse?: (user: UserId) => Promise<void>;
}

const defaultDevice = 'unknown device';

/** Who people are: accounts, sessions, invitations. */
export class Accounts {
  readonly sessions: Sessions;
  readonly invites: Invites;
  readonly proof: Proof;
  readonly tokens: ServiceTokens;
  readonly emails: Emails;
  readonly resets: PasswordResets;
  /** What is done after its asker was answered. */
  readonly background: Background;
  readonly codes: OneTimeCodes;
  readonly passkeys: Passkeys;
  readonly sso: SingleSignOn;
  readonly lostFactors: LostFactors;
  readonly #secondStep: SecondStep;
  readonly #options: AccountsOptions;

  constructor(options: AccountsOptions) {
    const { store, clock, knowsEndings: mayRemember } = options;
    this.#options = options;
    const scopes = new TokenScopes(store);
    const scopesOf: TokenScopes['of'] = (user, session) => scopes.of(user, session);
    this.sessions = new Sessions({ store, clock, mayRemember, scopesOf, refuse: options.refuse });
    this.invites = new Invites(store, clock, options.publicUrl);
    this.proof = new Proof(store, clock, options.rates);
    this.tokens = new ServiceTokens({ ...options, sessions: this.sessions, scopes, proof: this.proof });
    const { mailer, publicUrl, serverName = 'Parley', log = silentLog } = options;
    this.background = new Background(log);
    this.codes = new OneTimeCodes(store, clock, serverName, options.rates);
    this.#secondStep = new SecondStep(store, clock);
    this.passkeys = new Passkeys({ store, clock, serverName, publicUrl });
    this.emails = new Emails({ store, clock, mailer, serverName, publicUrl, rates: options.rates });
    this.sso = new SingleSignOn({
      store,
      clock,
      publicUrl,
      emails: this.emails,
      sessions: this.sessions,
      provider: options.provider,
      welcome: (identity) => welcome(options, identity),
    });
    const endEverything = async (user: UserId): Promise<void> => {
      await this.revokeAll(user);
      await this.tokens.revokeAll(user);
    };
    this.resets = new PasswordResets({
      store,
      clock,
      serverName,
      publicUrl,
      emails: this.emails,
      background: this.background,
      endEverything,
    });
    this.lostFactors = new LostFactors({ store, codes: this.codes, passkeys: this.passkeys, endEverything });
  }

  /** Makes an account and signs it in. The first one becomes the owner, whatever the registration. */
  async signUp(wish: SignUp): Promise<{ token: string; user: Profile; conversation?: ConversationId }> {
    const { store, registration, clock } = this.#options;
    refuseName(wish.name);
    await refuseWeak(wish.password, wish.name);
    const isFirst = !(await store.hasAccounts());
    if (!isFirst && registration === 'closed') throw new ParleyError('registration-closed');
    if (!isFirst && registration === 'invite' && wish.invite === undefined) throw new ParleyError('invite-required');
    // Before the name is looked at: who is here, only those invited may ask.
    if (!isFirst && wish.invite !== undefined && !(await this.invites.inspect(wish.invite)).isValid)
      throw new ParleyError('invite-invalid', { field: 'invite' });
    if ((await store.accountByName(wish.name)) !== undefined) throw new ParleyError('name-taken', { field: 'name' });
    if (wish.displayName !== undefined) await refuseLookAlike(store, wish.displayName);
    const passwordHash = await hashPassword(wish.password);
    if (isFirst) {
      const owner = this.#account(wish.name, wish.displayName, 'owner', passwordHash);
      if (await store.createAccount(owner, { first: true })) return this.#signedIn(owner, wish.device);
      // Somebody else was first by a moment: this one is like any other.
      if (registration !== 'open' && wish.invite === undefined) throw new ParleyError('invite-required');
    }
    const invite = wish.invite === undefined ? undefined : await store.useInvite(wish.invite, clock.now());
    if (wish.invite !== undefined && invite === undefined) throw new ParleyError('invite-invalid', { field: 'invite' });
    const account = this.#account(wish.name, wish.displayName, 'member', passwordHash);
    if (!(await store.createAccount(account))) {
      if (invite !== undefined) await store.returnInvite(invite.code);
      throw new ParleyError('name-taken', { field: 'name' });
    }
    const signedIn = await this.#signedIn(account, wish.device);
    return invite?.conversation === undefined ? signedIn : { ...signedIn, conversation: invite.conversation };
  }

  /**
   * Signs in with a password.
   * @param address where it comes from, for the limit of guesses
   */
  async signIn({ name, password, device }: SignIn, address: string): Promise<SignedIn | CodeNeeded> {
    return this.letIn(await this.proof.byName(name, password, address), device);
  }

  /** Signs in somebody who has shown who they are; where the account asks for a code, once they give one. */
  async letIn(account: Account, device = defaultDevice): Promise<SignedIn | CodeNeeded> {
    if (await this.codes.isOn(account.id)) return this.#secondStep.begin(account.id, device);
    return this.#signedIn(account, device);
  }

  /** The second step of signing in. */
  async finishSignIn({ challenge, code }: SecondStepWish, address: string): Promise<SignedIn> {
    const { user, device } = await this.#secondStep.finish(challenge, (id) => this.codes.use(id, code, address));
    return this.#signedIn(await this.#need(user), device);
  }

  /** Signs in somebody who has shown who they are in more than one way at once. */
  async enter(user: UserId, device: string): Promise<SignedIn> {
    return this.#signedIn(await this.#need(user), device);
  }

  /**
   * Takes an identity of single sign-on from somebody.
   * @throws ParleyError `not-found`; `forbidden` where they could not sign in any more
   */
  async unlink(user: UserId, id: string): Promise<void> {
    const [account, passkeys] = await Promise.all([this.#need(user), this.passkeys.list(user)]);
    const links = await this.sso.list(user);
    const isLast = links.length === 1 && links[0]?.id === id;
    if (isLast && account.passwordHash === undefined && passkeys.length === 0)
      throw new ParleyError('forbidden', { message: 'It is your only way to sign in. Add a passkey first.' });
    await this.sso.unlink(user, id);
  }

  /** The account of who asks, once they have confirmed that it is them. */
  async confirmed(by: Principal, password: string | undefined, address: string): Promise<Account> {
    const account = await this.#need(by.user);
    await this.proof.confirm(by, account, password, address);
    return account;
  }

  /** Makes sure that it is the person, by password and code. */
  async confirmByCode(by: Principal, { password, code }: ConfirmedByCode, address: string): Promise<void> {
    await this.confirmed(by, password, address);
    await this.codes.use(by.user, code, address);
  }

  async devices({ user, session }: Principal): Promise<Device[]> {
    return (await this.#people(user)).map(({ id, device, createdAt, lastUsedAt }) => ({
      id,
      device,
      createdAt,
      lastUsedAt,
      current: id === session,
    }));
  }

  /** Ends one session of somebody. Rejects with `not-found` when it is not theirs. */
  async revoke(user: UserId, session: string): Promise<void> {
    const ended = await this.sessions.end(user, [session]);
    if (ended.length === 0) throw new ParleyError('not-found');
    this.#options.onRevoked(ended);
  }

  /** Ends every session of somebody, except perhaps one. Service tokens go on: they are ended one by one, in their list. */
  async revokeAll(user: UserId, except?: string): Promise<void> {
    const all = (await this.#people(user)).map(({ id }) => id).filter((id) => id !== except);
    this.#options.onRevoked(await this.sessions.end(user, all));
  }

  /** Changes the password and ends all other sessions. */
  async changePassword({ user, session }: Principal, current: string, next: string, address: string): Promise<void> {
    const account = await this.#need(user);
    await this.proof.ofOneself(account, current, address, 'current');
    await refuseWeak(next, account.name);
    await this.#options.store.updateAccount(user, { passwordHash: await hashPassword(next) });
    await this.resets.forget(user);
    await this.revokeAll(user, session);
  }

  /** Sends a link to the address that is to be one's own, or takes the own one away. */
  async changeEmail(by: Principal, { email, password }: ChangeEmail, address: string): Promise<void> {
    const account = await this.confirmed(by, password, address);
    await (email === null ? this.emails.remove(by.user) : this.emails.begin(by.user, account.name, email));
  }

  /** Makes sure that it is the person who asks, by the password or by a session that is new; see `Proof.confirm`. */
  async confirm(principal: Principal, password: string | undefined, address: string): Promise<void> {
    await this.proof.confirm(principal, await this.#need(principal.user), password, address);
  }

  async profile(user: UserId): Promise<Profile> {
    return profileOf(await this.#need(user));
  }

  async changeProfile(user: UserId, { displayName, color, status }: ChangeProfile): Promise<Profile> {
    if (displayName !== undefined) await refuseLookAlike(this.#options.store, displayName, user);
    await this.#options.store.updateAccount(user, {
      ...(displayName === undefined ? {} : { displayName }),
      ...(color === undefined ? {} : { color }),
      ...(status === undefined ? {} : { status }),
    });
    return this.profile(user);
  }

  async find(text: string, limit: number): Promise<Profile[]> {
    return (await this.#options.store.findAccounts(text, limit)).map(profileOf);
  }

  profiles(ids: readonly UserId[]): Promise<Profile[]> {
    return profilesOf(this.#options.store, ids);
  }

  /** Whose handle this is, if anybody's. */
  async idByName(name: string): Promise<UserId | undefined> {
    return isHandle(name) ? (await this.#options.store.accountByName(name))?.id : undefined;
  }

  hasOwner(): Promise<boolean> {
    return this.#options.store.hasAccounts();
  }

  /** Makes many accounts at once, for administrators. An account that exists is returned as it is. */
  async createMany({ serverRole }: Principal, { accounts, tokens = false }: CreateAccounts): Promise<CreatedAccounts> {
    if (!mayOnServer('makeAccounts', serverRole)) throw new ParleyError('forbidden');
    for (const { name, password } of accounts) {
      refuseName(name);
      if (password !== undefined) await refuseWeak(password, name);
    }
    const wantsAdministrators = accounts.some((account) => account.serverRole === 'admin');
    if (wantsAdministrators && !mayOnServer('makeAdministrators', serverRole)) throw new ParleyError('forbidden');
    // All at once: the store commits them together.
    const made = await Promise.all(accounts.map((wanted) => this.#createOne(wanted, tokens)));
    return { accounts: made };
  }

  async #createOne(
    wanted: CreateAccounts['accounts'][number],
    withToken: boolean,
  ): Promise<CreatedAccounts['accounts'][number]> {
    const { store } = this.#options;
    const hash = wanted.password === undefined ? undefined : await hashPassword(wanted.password);
    const account = this.#account(wanted.name, wanted.displayName, wanted.serverRole ?? 'member', hash);
    const created = await store.createAccount(account);
    const existing = created ? account : await store.accountByName(wanted.name);
    if (existing === undefined)
      throw new ParleyError('unavailable', { message: 'The account could not be read back.' });
    // A token stands for its account: nobody gets one for somebody mightier than a member this way.
    const mayHaveToken = withToken && (created || existing.serverRole === 'member' || existing.serverRole === 'guest');
    return {
      user: profileOf(existing),
      created,
      ...(mayHaveToken ? { token: await this.sessions.create(existing.id, 'made by an administrator') } : {}),
    };
  }

  #account(name: string, displayName: string | undefined, serverRole: Account['serverRole'], hash?: string): Account {
    const { clock, ids } = this.#options;
    return newAccount({ name, displayName, serverRole, passwordHash: hash }, clock.now(), ids);
  }

  async #signedIn(account: Account, device: string | undefined): Promise<SignedIn> {
    return { token: await this.sessions.create(account.id, device ?? defaultDevice), user: profileOf(account) };
  }

  /** Sessions of people, without those that are service tokens. */
  async #people(user: UserId): Promise<readonly Session[]> {
    const [all, tokens] = await Promise.all([this.sessions.list(user), this.tokens.list(user)]);
    const ids = new Set(tokens.map(({ id }) => id));
    return all.filter(({ id }) => !ids.has(id));
  }

  async #need(user: UserId): Promise<Account> {
    const account = await this.#options.store.accountById(user);
    if (account === undefined) throw new ParleyError('not-found');
    return account;
  }
}
