import type { DeliveryMode, Presence, Profile, Scope, UserId } from '@parley/protocol';
import type { Origin } from '../audit/index.ts';
import type { Wish } from '../stream/types.ts';

/** What the HTTP side needs of the gateway of its node. */
export interface GatewayPort {
  /**
   * Sends a command the way every command goes (log, sequencer, store) and resolves with the seq of its event; for
   * modes that do not wait, with 0. Rejects with the refusal, or with `unavailable` when no answer came in time
   * (the outcome is then unknown and sending the same cid again is safe).
   *
   * @param from where the wish comes from, for the audit log
   */
  submit(wish: Wish, mode?: DeliveryMode, from?: Origin): Promise<number>;
  /** Closes the sockets of these sessions on every node, within a second. */
  revoke(sessions: readonly string[]): void;
  /** Presence of people, from whichever node they are connected to. */
  presenceOf(users: readonly UserId[]): Promise<readonly Presence[]>;
  /** Tells everybody who shows this face that it changed. */
  profileChanged(profile: Profile): void;
}

/** Who a request or socket acts for. */
export interface Principal {
  readonly user: UserId;
  readonly session: string;
  readonly serverRole: 'owner' | 'admin' | 'member' | 'guest';
  /** When the session ends however much it is used, in milliseconds since 1970; absent where it does not. */
  readonly expiresAt?: number;
  /** Of a service token: what it is limited to, by `isInScope`. Absent for a person's session. */
  readonly scopes?: readonly Scope[];
}
