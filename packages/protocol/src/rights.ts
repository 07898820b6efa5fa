/** The one table of who may do what in a conversation. The server decides by it; the web client hides what it forbids. */
export const roles = ['owner', 'admin', 'moderator', 'member', 'guest'] as const;
export type Role = (typeof roles)[number];

export const conversationKinds = ['direct', 'group', 'channel'] as const;
/** `direct`: two people. `group`: private, by invitation. `channel`: public, listed, free to join. */
export type ConversationKind = (typeof conversationKinds)[number];

/** Everything a person may wish of a conversation. `…Own` is about one's own message, `…Any` about another's. */
export const actions = [
  'read',
  'post',
  'editOwn',
  'deleteOwn',
  'deleteAny',
  'react',
  'pin',
  'mentionAll',
  'rename',
  'setTopic',
  'archive',
  'invite',
  'remove',
  'setRole',
  'join',
  'leave',
] as const;
export type Action = (typeof actions)[number];

const everyone: readonly Role[] = roles;
const members: readonly Role[] = ['owner', 'admin', 'moderator', 'member'];
const moderators: readonly Role[] = ['owner', 'admin', 'moderator'];
const admins: readonly Role[] = ['owner', 'admin'];
const nobody: readonly Role[] = [];

/** Which roles of a member may do the action, by kind of conversation. Both people of a direct conversation are members. */
export const rightsTable: Record<Action, Record<ConversationKind, readonly Role[]>> = {
  read: { direct: everyone, group: everyone, channel: everyone },
  post: { direct: everyone, group: everyone, channel: everyone },
  editOwn: { direct: everyone, group: everyone, channel: everyone },
  deleteOwn: { direct: everyone, group: everyone, channel: everyone },
  deleteAny: { direct: nobody, group: moderators, channel: moderators },
  react: { direct: everyone, group: everyone, channel: everyone },
  pin: { direct: everyone, group: members, channel: moderators },
  mentionAll: { direct: nobody, group: members, channel: moderators },
  rename: { direct: nobody, group: admins, channel: admins },
  setTopic: { direct: everyone, group: members, channel: moderators },
  archive: { direct: nobody, group: admins, channel: admins },
  invite: { direct: nobody, group: members, channel: members },
  remove: { direct: nobody, group: moderators, channel: moderators },
  setRole: { direct: nobody, group: admins, channel: admins },
  join: { direct: nobody, group: nobody, channel: everyone },
  leave: { direct: nobody, group: everyone, channel: everyone },
};

/** What a stranger, signed in but not a member, may do. Server-wide guests are strangers to every channel. */
const strangerRights: Record<ConversationKind, readonly Action[]> = {
  direct: [],
  group: [],
  channel: ['read', 'join'],
};

/** Lower is mightier. */
export const rank = (role: Role): number => roles.indexOf(role);

/**
 * May somebody do this?
 * @param role the person's role there; `undefined` for a stranger
 */
export function may(action: Action, kind: ConversationKind, role: Role | undefined): boolean {
  return role === undefined ? strangerRights[kind].includes(action) : rightsTable[action][kind].includes(role);
}

/** Whether one member may remove or change the role of another: never of somebody as mighty, except for owners. */
export const outranks = (actor: Role, target: Role): boolean => actor === 'owner' || rank(actor) < rank(target);
