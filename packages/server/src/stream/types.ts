import type {
  Cid,
  Command,
  ConversationId,
  ConversationKind,
  Head,
  Message,
  ParleyError,
  Role,
  StreamEvent,
  StreamId,
  UserId,
} from '@parley/protocol';

/** A command with everything `decide` needs to judge it, as it travels in the log. */
export interface Wish {
  readonly stream: StreamId;
  readonly actor: UserId;
  /** The actor's rank on the whole server, stamped by the gateway; `system` for effects of another stream. */
  readonly serverRole: 'owner' | 'admin' | 'member' | 'guest' | 'system';
  readonly cid: Cid;
  readonly command: Command;
  /** Set where the command's text is ciphertext: the gateway judged it while it could be read. */
  readonly sealed?: SealedWish;
}

/** What the gateway read in a text that is sealed now. Its length and that it is not empty were judged there too. */
export interface SealedWish {
  /** Whom it addresses, as `massMentionIn` finds it. */
  readonly mass?: 'all' | 'here';
}

/** The rules of writing and joining. */
export interface Rules {
  readonly slowModeMs: number;
  readonly readOnly: boolean;
  readonly approval: boolean;
}

export interface MemberState {
  readonly role: Role;
  /** The event that made them a member; they may see from here on (from 1 in a channel). */
  readonly since: number;
}

/** A conversation folded from its events. Immutable; what changes shares with what was before (`layered-map.ts`). */
export interface ConversationState {
  readonly type: 'conversation';
  readonly stream: ConversationId;
  readonly head: number;
  /** The greatest of its events' cids, by `greaterCid`. */
  readonly newestCid: string;
  readonly kind: ConversationKind;
  readonly createdAt: number;
  readonly name: string;
  readonly topic: string;
  readonly archived: boolean;
  readonly members: ReadonlyMap<UserId, MemberState>;
  readonly pins: readonly number[];
  /** Counters that only grow (see `Head`). */
  readonly posts: number;
  readonly replies: number;
  readonly deletes: number;
  readonly mass: number;
  readonly changes: number;
  readonly rules: Rules;
  /** Until when members may not write. Who left and comes back is still silent. */
  readonly silenced: ReadonlyMap<UserId, number>;
  /** Who may neither read nor join, by the event that banned them. */
  readonly banned: ReadonlyMap<UserId, number>;
  /** Who asked to be let in, and when. */
  readonly requests: ReadonlyMap<UserId, number>;
  /** When people last wrote, as long as slow mode still holds them back for it. */
  readonly lastPosts: ReadonlyMap<UserId, number>;
  /** Messages hidden so far. */
  readonly hides: number;
}

/** A person's own stream, folded. Immutable. */
export interface UserState {
  readonly type: 'user';
  readonly stream: UserId;
  readonly head: number;
  /** The greatest of its events' cids, by `greaterCid`. */
  readonly newestCid: string;
  readonly conversations: ReadonlyMap<
    ConversationId,
    { readonly kind: ConversationKind; readonly joinedAt: number; readonly muted: boolean }
  >;
  /**
   * When conversations were left, by the seq of the event that ended it: an effect of an earlier membership may still be
   * on its way. The 1,000 left last.
   */
  readonly left: ReadonlyMap<ConversationId, number>;
  /** Read markers by conversation. */
  readonly markers: ReadonlyMap<ConversationId, number>;
  /** Followed threads, `${conversation}:${root}` → read up to. The most recently active 500. */
  readonly threads: ReadonlyMap<string, number>;
  /** The newest 200 mentions. */
  readonly mentions: readonly {
    readonly conversation: ConversationId;
    readonly seq: number;
    readonly thread?: number;
  }[];
  readonly preferences: Readonly<Record<string, unknown>>;
}

export type StreamState = ConversationState | UserState;

/** Message rows by seq, as far as they matter to what is decided. */
export type Rows = Pick<ReadonlyMap<number, Message>, 'get'>;

/** What became of a wish. One wish makes at most one event, so that its cid names exactly one seq. */
export type Decision =
  | { readonly type: 'event'; readonly event: StreamEvent }
  /** Already so (a reaction set twice): acknowledged with the head, nothing stored. */
  | { readonly type: 'unchanged' }
  | { readonly type: 'rejected'; readonly error: ParleyError };

/** An effect in another stream: a wish whose cid is derived from the event that caused it, so that replays do no harm. */
export type FollowUp = Wish;

export type { Head };
