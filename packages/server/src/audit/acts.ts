import type { ConversationId, UserId } from '@parley/protocol';

/** Everything the audit log tells of. A word never changes its meaning; new acts get new words. */
export const auditActs = [
  'node.started',
  'audit.lost',
  'audit.read',
  'audit.cut',
  'action.refused',
  'account.made',
  'account.exported',
  'account.deleted',
  'account.banned',
  'account.unbanned',
  'account.role',
  'session.started',
  'session.failed',
  'session.ended',
  'password.changed',
  'password.reset',
  'credential.added',
  'credential.removed',
  'token.made',
  'token.ended',
  'invite.made',
  'invite.deleted',
  'settings.changed',
  'key.rotated',
  'key.erased',
  'conversation.role',
  'conversation.removed',
  'conversation.banned',
  'conversation.silenced',
  'conversation.rules',
  'conversation.admitted',
  'message.hidden',
  'message.removed',
  'message.looked',
  'report.made',
  'report.resolved',
] as const;
export type AuditAct = (typeof auditActs)[number];

/** Where an act came from. */
export interface Origin {
  /** As the server saw it, or as its proxy told. */
  readonly address?: string | undefined;
  /** The id of the session, never its token. */
  readonly session?: string | undefined;
}

/** One act, as whoever carried it out tells it. No text that a person wrote belongs in it: the log is not encrypted. */
export interface AuditWish {
  readonly act: AuditAct;
  /** Who did it; absent where nobody is signed in, and for what the server does by itself. */
  readonly actor?: UserId | undefined;
  /** To whom. */
  readonly target?: UserId | undefined;
  readonly conversation?: ConversationId | undefined;
  readonly from?: Origin | undefined;
  /** What else matters: `{ role: 'admin' }`. Ids, numbers and words of this code. */
  readonly detail?: Readonly<Record<string, string | number | boolean>> | undefined;
}
