import {
  type AddPasskey,
  type AuditPage,
  type BanList,
  type ChangeEmail,
  type ChangeProfile,
  type ChannelList,
  type Cid,
  type ClientCommand,
  type CodeNeeded,
  type ConfirmedByCode,
  type Conversation,
  type ConversationId,
  type ConversationList,
  type CreateAccounts,
  type CreateBan,
  type CreatedAccounts,
  type CreatedToken,
  type CreateInvite,
  type CreateReport,
  type CreateToken,
  type CreateTokenFor,
  type CredentialOptions,
  type DeleteMe,
  type Device,
  type EmailState,
  type EventPage,
  type Invite,
  type MemberEntry,
  type MentionList,
  type Message,
  type MessagePage,
  type Moderation,
  type OneTimeCodeSecret,
  type OneTimeCodes,
  ParleyError,
  type Passkey,
  type PasskeySignIn,
  type PasswordResetLink,
  type People,
  type Presence,
  type Profile,
  type RedeemPasswordReset,
  type RefreshedSession,
  type RemovedFactors,
  type RemoveFactors,
  type ReportList,
  type RestAck,
  type SecondStep,
  type ServerAbout,
  type ServiceToken,
  type SignedIn,
  type SignIn,
  type SignUp,
  type SsoBegun,
  type SsoLink,
  type StreamId,
  type ThreadList,
  type UserId,
  type WireError,
  type WordList,
} from '@parley/protocol';

/** Where a page lies: before, after or around a seq; without any, the newest. */
export interface PageOptions {
  /** The page ends before this seq. */
  readonly before?: number;
  /** The page begins after this seq. */
  readonly after?: number;
  /** The page has this seq in its middle. */
  readonly around?: number;
  /** At most 200. Default 50. */
  readonly limit?: number;
}
type Query = Readonly<Record<string, string | number | undefined>> | PageOptions;

/**
 * One typed method for every REST call. Each rejects with a `ParleyError`: the server's, or `unavailable` when it cannot
 * be reached. Reads wait once by themselves when they are asked to slow down; what changes something never does.
 */
export class Rest {
  readonly #url: string;
  readonly #token: () => string | undefined;
  readonly #fetch: typeof fetch;

  /**
   * @param url where the server is, as in `ClientOptions`
   * @param token asked before each request
   */
  constructor(url: string, token: () => string | undefined, fetcher: typeof fetch = globalThis.fetch.bind(globalThis)) {
    this.#url = `${url.replace(/\/$/, '')}/api/v1`;
    this.#token = token;
    this.#fetch = fetcher;
  }

  /** What kind of server this is; needs no token. */
  server = (): Promise<ServerAbout> => this.#get('/server');
  /** Makes an account and signs it in. Rejects with `name-taken`, `weak-password`, `invite-required` … */
  signUp = (wish: SignUp): Promise<SignedIn> => this.#send('POST', '/accounts', wish);
  /** A new session. Rejects with `wrong-credentials`, with `rate-limited` after too many of those, and with `code-needed` (see `beginSignIn`). */
  signIn = async (wish: SignIn): Promise<SignedIn> => {
    const begun = await this.beginSignIn(wish);
    if ('challenge' in begun) throw new ParleyError('code-needed');
    return begun;
  };
  /** A new session, or a challenge where the account asks for a code of its authenticator app: for `finishSignIn`. */
  beginSignIn = (wish: SignIn): Promise<SignedIn | CodeNeeded> => this.#send('POST', '/sessions', wish);
  /** The second step. Rejects with `wrong-code`, with `rate-limited`, and with `link-invalid` when it has to begin anew. */
  finishSignIn = (step: SecondStep): Promise<SignedIn> => this.#send('POST', '/sessions/code', step);
  /** Ends this session. */
  signOut = (): Promise<void> => this.#send('DELETE', '/sessions/current');
  /** Ends every session of this account. */
  signOutEverywhere = (): Promise<void> => this.#send('DELETE', '/sessions');
  /** The sessions of this account. */
  devices = async (): Promise<Device[]> => (await this.#get<{ sessions: Device[] }>('/sessions')).sessions;
  /** Ends another session; its sockets close within a second. */
  revokeDevice = (id: string): Promise<void> => this.#send('DELETE', `/sessions/${encodeURIComponent(id)}`);
  /** A new token for this session, where the one it has is a day old; in browsers the cookie is replaced. The old one works until shortly after. */
  refreshSession = (): Promise<RefreshedSession> => this.#send('POST', '/sessions/current');
  /** The service tokens of this account, the newest first. */
  tokens = async (): Promise<ServiceToken[]> => (await this.#get<{ tokens: ServiceToken[] }>('/tokens')).tokens;
  /** Makes a service token; it is told only now. Rejects with `wrong-credentials`, and with `forbidden` for scopes one cannot give. */
  createToken = (wish: CreateToken): Promise<CreatedToken> => this.#send('POST', '/tokens', wish);
  /** Makes a service token of a member's or guest's account, for administrators. */
  createTokenFor = (wish: CreateTokenFor): Promise<CreatedToken> => this.#send('POST', '/admin/tokens', wish);
  /** Ends a service token; its sockets close within a second. */
  revokeToken = (id: string): Promise<void> => this.#send('DELETE', `/tokens/${encodeURIComponent(id)}`);
  /** One's e-mail address, which nobody else sees. */
  email = (): Promise<EmailState> => this.#get('/email');
  /** Sends a link to a new address, which is one's own once the link is followed; `null` takes the own one away. */
  changeEmail = (wish: ChangeEmail): Promise<void> => this.#send('POST', '/email', wish);
  /** What the link in that mail leads to; needs no token of a session. */
  confirmEmail = (token: string): Promise<void> => this.#send('POST', '/email/confirmation', { token });
  /** Has a link for a new password mailed, if the address is an account's: the answer does not tell. Rejects with `no-mail`. */
  askPasswordReset = (email: string): Promise<void> => this.#send('POST', '/password-resets', { email });
  /** Sets a new password by such a link and ends every session of its owner. */
  redeemPasswordReset = (wish: RedeemPasswordReset): Promise<void> =>
    this.#send('POST', '/password-resets/redemption', wish);
  /** A link for somebody's new password, for administrators to hand over. */
  createPasswordReset = (user: UserId): Promise<PasswordResetLink> =>
    this.#send('POST', '/admin/password-resets', { user });
  /** Takes a lost authenticator app or lost passkeys off an account, for administrators, and ends its sessions and tokens. */
  removeFactors = (wish: RemoveFactors): Promise<RemovedFactors> => this.#send('POST', '/admin/lost-factors', wish);
  /** What `navigator.credentials.get` is given to sign in with a passkey. */
  passkeyChallenge = (): Promise<CredentialOptions> => this.#send('POST', '/passkeys/challenge');
  /** A new session by what that answered. Rejects with `passkey-refused`. */
  signInWithPasskey = (answer: PasskeySignIn): Promise<SignedIn> => this.#send('POST', '/sessions/passkey', answer);
  /** The passkeys of this account. */
  passkeys = async (): Promise<Passkey[]> => (await this.#get<{ passkeys: Passkey[] }>('/passkeys')).passkeys;
  /** What `navigator.credentials.create` is given to make a passkey. */
  beginPasskey = (password?: string): Promise<CredentialOptions> =>
    this.#send('POST', '/passkeys/registration', password === undefined ? {} : { password });
  /** Keeps the passkey it made. */
  addPasskey = (wish: AddPasskey): Promise<Passkey> => this.#send('POST', '/passkeys', wish);
  /** Gives a passkey another name. */
  renamePasskey = (id: string, name: string): Promise<Passkey> =>
    this.#send('PATCH', `/passkeys/${encodeURIComponent(id)}`, { name });
  /** Forgets a passkey: nobody signs in with it any more. */
  removePasskey = (id: string): Promise<void> => this.#send('DELETE', `/passkeys/${encodeURIComponent(id)}`);
  /** Where to send the browser to sign in at the provider of single sign-on. */
  beginSingleSignOn = (): Promise<SsoBegun> => this.#send('POST', '/sso');
  /** The same to link an identity there with one's own account. */
  beginSsoLink = (password?: string): Promise<SsoBegun> =>
    this.#send('POST', '/sso/link', password === undefined ? {} : { password });
  /** The identities that this account has at the provider. */
  ssoLinks = async (): Promise<SsoLink[]> => (await this.#get<{ links: SsoLink[] }>('/sso')).links;
  /** Takes such an identity from this account. */
  removeSsoLink = (id: string): Promise<void> => this.#send('DELETE', `/sso/${encodeURIComponent(id)}`);
  /** Whether signing in needs a code of an authenticator app. */
  oneTimeCodes = (): Promise<OneTimeCodes> => this.#get('/one-time-codes');
  /** A secret for an authenticator app. Codes are needed once `confirmOneTimeCodes` was given one. */
  beginOneTimeCodes = (password?: string): Promise<OneTimeCodeSecret> =>
    this.#send('POST', '/one-time-codes', password === undefined ? {} : { password });
  /** Turns codes on; resolves to the recovery codes, which are told only now. */
  confirmOneTimeCodes = async (code: string): Promise<string[]> =>
    (await this.#send<{ recoveryCodes: string[] }>('POST', '/one-time-codes/confirmation', { code })).recoveryCodes;
  /** New recovery codes; the old ones are worth nothing. */
  renewRecoveryCodes = async (proof: ConfirmedByCode): Promise<string[]> =>
    (await this.#send<{ recoveryCodes: string[] }>('POST', '/one-time-codes/recovery', proof)).recoveryCodes;
  /** Turns codes off. */
  removeOneTimeCodes = (proof: ConfirmedByCode): Promise<void> => this.#send('POST', '/one-time-codes/removal', proof);
  /** Changes the password and ends all other sessions. */
  changePassword = (change: { current: string; next: string }): Promise<void> =>
    this.#send('POST', '/password', change);
  /** The own profile. */
  me = (): Promise<Profile> => this.#get('/me');
  /** Changes the own profile. */
  updateMe = (change: ChangeProfile): Promise<Profile> => this.#send('PATCH', '/me', change);
  /** Makes an invitation to this server. */
  createInvite = (wish: CreateInvite = {}): Promise<Invite> => this.#send('POST', '/invites', wish);
  /** The invitations one has made and that are not used up. */
  invites = async (): Promise<Invite[]> => (await this.#get<{ invites: Invite[] }>('/invites')).invites;
  /** Whether an invitation can be used; needs no token. */
  invite = (code: string): Promise<{ isValid: boolean; invitedBy?: string }> =>
    this.#get(`/invites/${encodeURIComponent(code)}`);
  /** Withdraws an invitation. */
  deleteInvite = (code: string): Promise<void> => this.#send('DELETE', `/invites/${encodeURIComponent(code)}`);
  /** People by a part of their name, or by their ids. */
  users = async (wanted: { query?: string; limit?: number } | { ids: readonly UserId[] }): Promise<Profile[]> => {
    const query = 'ids' in wanted ? { ids: wanted.ids.join(',') } : { query: wanted.query, limit: wanted.limit };
    return (await this.#get<People>('/users', query)).people;
  };
  /** Makes up to 1,000 accounts, for administrators. One that exists is returned as it is. */
  createAccounts = (wish: CreateAccounts): Promise<CreatedAccounts> => this.#send('POST', '/admin/accounts', wish);
  /** A command without a socket. The cid makes it safe to send again. */
  command = (stream: StreamId, cid: Cid, command: ClientCommand): Promise<RestAck> =>
    this.#send('POST', '/commands', { stream, command }, { 'idempotency-key': cid });

  /** Everything in one's list, with unread counts, and from where to watch one's own stream. */
  conversations = (): Promise<ConversationList> => this.#get('/conversations');
  /** The public channels of this server. */
  channels = async (): Promise<Conversation[]> => (await this.#get<ChannelList>('/channels')).channels;
  /** One conversation, as the asker may see it. */
  conversation = (id: ConversationId): Promise<Conversation> => this.#get(`/conversations/${id}`);
  /** Who is in a conversation. */
  members = async (id: ConversationId): Promise<MemberEntry[]> =>
    (await this.#get<{ members: MemberEntry[] }>(`/conversations/${id}/members`)).members;
  /** A page of messages as they stand now (edits and reactions included), outside threads. */
  messages = (id: ConversationId, page: PageOptions = {}): Promise<MessagePage> =>
    this.#get(`/conversations/${id}/messages`, page);
  /** A page of a thread. */
  thread = (id: ConversationId, root: number, page: PageOptions = {}): Promise<MessagePage> =>
    this.#get(`/conversations/${id}/threads/${root}`, page);
  /** A page of what happened, event by event; `limit` at most 1,000. */
  events = (id: ConversationId, page: { after?: number; limit?: number } = {}): Promise<EventPage> =>
    this.#get(`/conversations/${id}/events`, page);
  /** The same of one's own stream. */
  myEvents = (page: { after?: number; limit?: number } = {}): Promise<EventPage> =>
    this.#get('/streams/me/events', page);
  /** The pinned messages. */
  pins = (id: ConversationId): Promise<Pick<MessagePage, 'messages' | 'people'>> =>
    this.#get(`/conversations/${id}/pins`);
  /** One message as it stands now. */
  message = (id: ConversationId, seq: number): Promise<Message> => this.#get(`/conversations/${id}/messages/${seq}`);
  /** One's marker in a conversation and exact counts after it. */
  unread = (id: ConversationId): Promise<{ marker: number; unread: number; mentions: number }> =>
    this.#get(`/conversations/${id}/unread`);
  /** Ends one's account for good; `written: 'remove'` takes the texts of what one wrote along. */
  deleteMe = (wish: DeleteMe): Promise<void> => this.#send('POST', '/me/delete', wish);
  /** Ends the account of somebody below oneself, for administrators. */
  deleteAccount = (user: UserId, written: 'keep' | 'remove' = 'keep'): Promise<void> =>
    this.#send('POST', `/admin/accounts/${user}/delete`, { written });
  /** Reports a message to those who keep order there and on the server, who then see it. */
  report = (id: ConversationId, report: CreateReport): Promise<void> =>
    this.#send('POST', `/conversations/${id}/reports`, report);
  /** The open reports of a conversation, for its moderators. */
  reports = (id: ConversationId): Promise<ReportList> => this.#get(`/conversations/${id}/reports`);
  /** Takes a report off the lists, for moderators and administrators. */
  settleReport = (id: ConversationId, seq: number, outcome: 'dismissed' | 'acted'): Promise<void> =>
    this.#send('POST', `/conversations/${id}/reports/${seq}`, { outcome });
  /** A hidden message with its text, for moderators; the audit log tells who looked. */
  hiddenMessage = (id: ConversationId, seq: number): Promise<Message> =>
    this.#get(`/conversations/${id}/hidden/${seq}`);
  /** Who asks to be let in, is silenced or banned, and which words are refused, for moderators. */
  moderation = (id: ConversationId): Promise<Moderation> => this.#get(`/conversations/${id}/moderation`);
  /** Replaces a conversation's filter of words, for moderators. */
  setWords = (id: ConversationId, words: readonly string[]): Promise<void> =>
    this.#send('POST', `/conversations/${id}/words`, { words });
  /** The open reports of the whole server, for administrators. */
  serverReports = (): Promise<ReportList> => this.#get('/admin/reports');
  /** Who is banned from the server, for administrators. */
  bans = (): Promise<BanList> => this.#get('/admin/bans');
  /** Bans somebody from the server, for administrators: their sessions end within a second and they get none. */
  ban = (wish: CreateBan): Promise<void> => this.#send('POST', '/admin/bans', wish);
  /** Lifts a ban from the server, for administrators. */
  liftBan = (user: UserId): Promise<void> => this.#send('DELETE', `/admin/bans/${user}`);
  /** The server's filter of words, for administrators. */
  serverWords = async (): Promise<string[]> => (await this.#get<WordList>('/admin/words')).words;
  /** Replaces the server's filter of words, for administrators. */
  setServerWords = (words: readonly string[]): Promise<void> => this.#send('POST', '/admin/words', { words });
  /** A page of the audit log, newest first, for administrators; `limit` at most 1,000. */
  audit = (page: { before?: string; limit?: number } = {}): Promise<AuditPage> => this.#get('/admin/audit', page);

  /** The threads one follows. */
  threads = (): Promise<ThreadList> => this.#get('/threads');
  /** Where one was mentioned, newest first. */
  mentions = (): Promise<MentionList> => this.#get('/mentions');
  /** Who of these people is online, away, offline. */
  presence = async (ids: readonly UserId[]): Promise<Presence[]> =>
    (await this.#get<{ presence: Presence[] }>('/presence', { ids: ids.join(',') })).presence;

  async #get<Result>(path: string, query: Query = {}): Promise<Result> {
    const entries = Object.entries(query as Record<string, unknown>).filter(([, value]) => value !== undefined);
    const search = new URLSearchParams(entries.map(([name, value]) => [name, String(value)]));
    const target = entries.length === 0 ? path : `${path}?${search.toString()}`;
    try {
      return await this.#request<Result>('GET', target);
    } catch (error) {
      // A read harms nobody when it is made again.
      if (!(error instanceof ParleyError) || error.code !== 'rate-limited') throw error;
      await new Promise((resolve) => setTimeout(resolve, error.retryAfterMs ?? 1_000));
      return this.#request('GET', target);
    }
  }

  #send<Result>(method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<Result> {
    return this.#request(method, path, body, headers);
  }

  async #request<Result>(
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<Result> {
    const token = this.#token();
    let response: Response;
    try {
      response = await this.#fetch(`${this.#url}${path}`, {
        method,
        headers: {
          ...headers,
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
          ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
    } catch (cause) {
      throw new ParleyError('unavailable', { message: 'The server cannot be reached.', cause });
    }
    if (response.ok) return (response.status === 204 ? undefined : await response.json()) as Result;
    throw await errorOf(response);
  }
}

async function errorOf(response: Response): Promise<ParleyError> {
  try {
    const { error } = (await response.json()) as { error: WireError };
    return ParleyError.fromWire(error);
  } catch (cause) {
    return new ParleyError(response.status >= 500 ? 'unavailable' : 'bad-request', {
      message: `The server answered with status ${response.status}.`,
      cause,
    });
  }
}
