import type { Cid, ConversationId, ConversationKind, Message, StreamEvent, StreamId, UserId } from '@parley/protocol';
import type { Document, DocumentStore } from './documents.ts';

/** What one append writes, atomically. */
export interface Append {
  readonly stream: StreamId;
  /** The head the writer believes in; 0 for a stream that does not exist yet. */
  readonly expectedHead: number;
  /** `expectedHead + 1 …`, dense. At least one. */
  readonly events: readonly StreamEvent[];
  /**
   * Rows of messages as they stand after the events: one for each `posted` event and for each older message the events
   * change. A page of history is a range read of these rows.
   */
  readonly messages: readonly Message[];
  /** The folded state at the new head, from time to time, so that loading a stream does not replay all of it. Opaque here. */
  readonly snapshot?: string;
}

export type AppendResult =
  | { readonly ok: true }
  /** Somebody else wrote first. `head` is what the stream has now. */
  | { readonly ok: false; readonly head: number };

/** What is needed to fold a stream's state: the newest snapshot and every event after it. */
export interface LoadedStream {
  readonly head: number;
  /** The snapshot and the seq it stands at; absent when none was written. */
  readonly snapshot?: { readonly seq: number; readonly state: string };
  readonly events: readonly StreamEvent[];
}

/** A range of message rows. */
export interface MessageQuery {
  readonly stream: StreamId;
  /** Inclusive bounds on seq. */
  readonly from?: number;
  readonly to?: number;
  readonly limit: number;
  /** `backward` yields the newest of the range first. */
  readonly direction: 'forward' | 'backward';
  /** A root's seq: only replies of that thread. `'none'`: only messages outside threads. Absent: all. */
  readonly thread?: number | 'none';
}

/** What is counted for a badge. Deleted messages and the reader's own never count. */
export interface UnreadQuery {
  readonly stream: StreamId;
  readonly after: number;
  readonly reader: UserId;
  /** A root's seq: replies of that thread. `'none'`: messages outside threads. */
  readonly thread: number | 'none';
  /** Counting stops here, so that a badge costs a bounded read. */
  readonly atMost: number;
}

/** A row of the directory of conversations; lists public channels. */
export interface DirectoryEntry {
  readonly conversation: ConversationId;
  /** The seq it stands at. A row with a lower one never replaces it. */
  readonly seq: number;
  readonly kind: ConversationKind;
  readonly name: string;
  readonly topic: string;
  readonly archived: boolean;
  readonly memberCount: number;
  readonly createdAt: number;
}

export interface Account {
  readonly id: UserId;
  /** As typed at sign-up; unique without regard to case. */
  readonly name: string;
  readonly displayName: string;
  readonly color: number;
  readonly status: string;
  readonly serverRole: 'owner' | 'admin' | 'member' | 'guest';
  /** PHC string; absent for accounts that only hold tokens. */
  readonly passwordHash?: string;
  readonly createdAt: number;
  readonly lastSeenAt?: number;
}

export interface Session {
  readonly id: string;
  readonly user: UserId;
  /** SHA-256 of the token, hex. The token itself is never stored. */
  readonly tokenHash: string;
  readonly device: string;
  readonly createdAt: number;
  readonly lastUsedAt: number;
  readonly expiresAt: number;
}

export interface StoredInvite {
  readonly code: string;
  readonly createdBy: UserId;
  readonly expiresAt: number;
  readonly usesLeft: number;
  readonly conversation?: ConversationId;
}

/**
 * The log part of the store port.
 *
 * Every method rejects with `ParleyError('unavailable')` when the engine cannot answer. After a rejected `append` the
 * outcome is unknown: the caller reloads with `load`, which reads at the engine's strongest level.
 */
export interface StreamStore {
  /** Compare-and-set: writes all or nothing, and only when the stream's head is `expectedHead`. Durable when it resolves. */
  append(append: Append): Promise<AppendResult>;
  /** At the strongest read the engine has. `undefined` for a stream without events. */
  load(stream: StreamId): Promise<LoadedStream | undefined>;
  /** Sees every append that has resolved, whoever made it: refusals, and what gateways compare themselves with, rest on it. 0 for a stream without events. */
  head(stream: StreamId): Promise<number>;
  /** Events `from … to`, inclusive, ascending, at most `limit`. */
  read(stream: StreamId, from: number, to: number, limit: number): Promise<readonly StreamEvent[]>;
  /**
   * The seq of the event that this actor's command made, however old. What another node stored, or an append left in doubt, is
   * found for certain when `load` or `head` of the stream was asked for afterwards.
   */
  findByCid(stream: StreamId, actor: UserId, cid: Cid): Promise<number | undefined>;
  messages(query: MessageQuery): Promise<readonly Message[]>;
  /** Message rows by seq; those that do not exist are left out. */
  messagesAt(stream: StreamId, seqs: readonly number[]): Promise<readonly Message[]>;
  countUnread(query: UnreadQuery): Promise<{ messages: number; mentions: number }>;
}

/** Accounts, sessions, invites and the directory: small tables with keys. */
export interface RecordStore {
  putDirectoryEntry(entry: DirectoryEntry): Promise<void>;
  /** Public channels by name. */
  listChannels(options: { includeArchived: boolean; limit: number }): Promise<readonly DirectoryEntry[]>;

  /** False when the name is taken (compared in lower case) or, with `first`, when any account exists. */
  createAccount(account: Account, options?: { first: boolean }): Promise<boolean>;
  accountById(id: UserId): Promise<Account | undefined>;
  accountsById(ids: readonly UserId[]): Promise<readonly Account[]>;
  accountByName(name: string): Promise<Account | undefined>;
  /** Accounts whose name or display name has a word that starts with the text; all when it is empty; by name. */
  findAccounts(text: string, limit: number): Promise<readonly Account[]>;
  /** Changes nothing when there is no such account. */
  updateAccount(id: UserId, change: Partial<Omit<Account, 'id' | 'name' | 'createdAt'>>): Promise<void>;
  /**
   * Gives an account another name; the one it had is free when this resolves to true. False, and nothing is changed, when
   * somebody else has the name or there is no such account. After a rejection it may have either; doing it again mends that.
   */
  renameAccount(id: UserId, name: string): Promise<boolean>;
  hasAccounts(): Promise<boolean>;

  createSession(session: Session): Promise<void>;
  sessionByTokenHash(tokenHash: string): Promise<Session | undefined>;
  sessionsOf(user: UserId): Promise<readonly Session[]>;
  /** Changes nothing when there is no such session: a late touch never brings a revoked one back. */
  touchSession(id: string, lastUsedAt: number): Promise<void>;
  /** Resolves to whether there was such a session of that user. From then on `sessionsEnded` tells of it. */
  deleteSession(user: UserId, id: string, at: number): Promise<boolean>;
  /**
   * Ids of the sessions that `deleteSession` ended at times `from … to`, inclusive, by the clocks of those who ended them;
   * known for an hour. One small read, however many sessions there are: every node asks twice a second.
   */
  sessionsEnded(from: number, to: number): Promise<readonly string[]>;

  createInvite(invite: StoredInvite): Promise<void>;
  inviteByCode(code: string): Promise<StoredInvite | undefined>;
  invitesOf(user: UserId): Promise<readonly StoredInvite[]>;
  /** Takes one use, atomically. `undefined` when none is left or it has expired at `now`. */
  useInvite(code: string, now: number): Promise<StoredInvite | undefined>;
  /** Gives one use back, after a sign-up that failed for another reason; changes nothing when the invite is gone. */
  returnInvite(code: string): Promise<void>;
  deleteInvite(user: UserId, code: string): Promise<boolean>;
}

/** The part of it that is accounts. */
export type AccountStore = Pick<
  RecordStore,
  | 'createAccount'
  | 'accountById'
  | 'accountsById'
  | 'accountByName'
  | 'findAccounts'
  | 'updateAccount'
  | 'renameAccount'
  | 'hasAccounts'
>;

/** The store port. */
export interface Store extends StreamStore, RecordStore, DocumentStore {
  /** Whether the engine answers and can write. Rejects with a reason fit for an operator. */
  check(): Promise<void>;
  close(): Promise<void>;
}

/** Everything a store holds, each once, in no order that means anything. What is written meanwhile may be missing. */
export interface StoreContents {
  /** Every stream that has events. What is in it is read with `load`, `read` and `messages`. */
  streams(): AsyncIterable<StreamId>;
  accounts(): AsyncIterable<Account>;
  sessions(): AsyncIterable<Session>;
  invites(): AsyncIterable<StoredInvite>;
  directory(): AsyncIterable<DirectoryEntry>;
  documents(): AsyncIterable<Document>;
}

/** A store whose data can move to another: what `parley migrate` needs of its source. */
export interface MovableStore extends Store {
  contents(): StoreContents;
}
