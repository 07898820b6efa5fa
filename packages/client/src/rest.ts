import {
  type ChangeProfile,
  type ChannelList,
  type Cid,
  type ClientCommand,
  type Conversation,
  type ConversationId,
  type ConversationList,
  type CreateAccounts,
  type CreatedAccounts,
  type CreateInvite,
  type Device,
  type EventPage,
  type Invite,
  type MemberEntry,
  type MentionList,
  type Message,
  type MessagePage,
  ParleyError,
  type People,
  type Presence,
  type Profile,
  type RestAck,
  type ServerAbout,
  type SignedIn,
  type SignIn,
  type SignUp,
  type StreamId,
  type ThreadList,
  type UserId,
  type WireError,
} from '@parley/protocol';

/** Where a page lies: before, after or around a seq; without any, the newest. */
export interface PageOptions {
  readonly before?: number;
  readonly after?: number;
  readonly around?: number;
  /** At most 200. Default 50. */
  readonly limit?: number;
}
type Query = Readonly<Record<string, string | number | undefined>> | PageOptions;

/** One typed method for every REST call. Each rejects with a `ParleyError`: the server's, or `unavailable` when it cannot be reached. */
export class Rest {
  readonly #url: string;
  readonly #token: () => string | undefined;
  readonly #fetch: typeof fetch;

  constructor(url: string, token: () => string | undefined, fetcher: typeof fetch = globalThis.fetch.bind(globalThis)) {
    this.#url = `${url.replace(/\/$/, '')}/api/v1`;
    this.#token = token;
    this.#fetch = fetcher;
  }

  server = (): Promise<ServerAbout> => this.#get('/server');
  signUp = (wish: SignUp): Promise<SignedIn> => this.#send('POST', '/accounts', wish);
  signIn = (wish: SignIn): Promise<SignedIn> => this.#send('POST', '/sessions', wish);
  signOut = (): Promise<void> => this.#send('DELETE', '/sessions/current');
  signOutEverywhere = (): Promise<void> => this.#send('DELETE', '/sessions');
  devices = async (): Promise<Device[]> => (await this.#get<{ sessions: Device[] }>('/sessions')).sessions;
  revokeDevice = (id: string): Promise<void> => this.#send('DELETE', `/sessions/${encodeURIComponent(id)}`);
  changePassword = (change: { current: string; next: string }): Promise<void> =>
    this.#send('POST', '/password', change);
  me = (): Promise<Profile> => this.#get('/me');
  updateMe = (change: ChangeProfile): Promise<Profile> => this.#send('PATCH', '/me', change);
  createInvite = (wish: CreateInvite = {}): Promise<Invite> => this.#send('POST', '/invites', wish);
  invites = async (): Promise<Invite[]> => (await this.#get<{ invites: Invite[] }>('/invites')).invites;
  invite = (code: string): Promise<{ isValid: boolean; invitedBy?: string }> =>
    this.#get(`/invites/${encodeURIComponent(code)}`);
  deleteInvite = (code: string): Promise<void> => this.#send('DELETE', `/invites/${encodeURIComponent(code)}`);
  users = async (wanted: { query?: string; limit?: number } | { ids: readonly UserId[] }): Promise<Profile[]> => {
    const query = 'ids' in wanted ? { ids: wanted.ids.join(',') } : { query: wanted.query, limit: wanted.limit };
    return (await this.#get<People>('/users', query)).people;
  };
  createAccounts = (wish: CreateAccounts): Promise<CreatedAccounts> => this.#send('POST', '/admin/accounts', wish);
  /** A command without a socket. The cid makes it safe to send again. */
  command = (stream: StreamId, cid: Cid, command: ClientCommand): Promise<RestAck> =>
    this.#send('POST', '/commands', { stream, command }, { 'idempotency-key': cid });

  conversations = (): Promise<ConversationList> => this.#get('/conversations');
  channels = async (): Promise<Conversation[]> => (await this.#get<ChannelList>('/channels')).channels;
  conversation = (id: ConversationId): Promise<Conversation> => this.#get(`/conversations/${id}`);
  members = async (id: ConversationId): Promise<MemberEntry[]> =>
    (await this.#get<{ members: MemberEntry[] }>(`/conversations/${id}/members`)).members;
  messages = (id: ConversationId, page: PageOptions = {}): Promise<MessagePage> =>
    this.#get(`/conversations/${id}/messages`, page);
  thread = (id: ConversationId, root: number, page: PageOptions = {}): Promise<MessagePage> =>
    this.#get(`/conversations/${id}/threads/${root}`, page);
  events = (id: ConversationId, page: { after?: number; limit?: number } = {}): Promise<EventPage> =>
    this.#get(`/conversations/${id}/events`, page);
  myEvents = (page: { after?: number; limit?: number } = {}): Promise<EventPage> =>
    this.#get('/streams/me/events', page);
  pins = (id: ConversationId): Promise<Pick<MessagePage, 'messages' | 'people'>> =>
    this.#get(`/conversations/${id}/pins`);
  message = (id: ConversationId, seq: number): Promise<Message> => this.#get(`/conversations/${id}/messages/${seq}`);
  unread = (id: ConversationId): Promise<{ marker: number; unread: number; mentions: number }> =>
    this.#get(`/conversations/${id}/unread`);
  threads = (): Promise<ThreadList> => this.#get('/threads');
  mentions = (): Promise<MentionList> => this.#get('/mentions');
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
