/** The one table of who may do what. The server decides by it; the web client hides what it forbids. */
export const roles = ['owner', 'admin', 'moderator', 'member', 'guest'] as const;
export type Role = (typeof roles)[number];

export const conversationKinds = ['direct', 'group', 'channel'] as const;
/** `direct`: two people. `group`: private, by invitation. `channel`: public, listed, free to join. */
export type ConversationKind = (typeof conversationKinds)[number];

/**
 * Everything a person may wish of a conversation. `…Own` is about one's own message, `…Any` about another's. `hide` is also the
 * right to look at what is hidden and to see and settle reports; `setRules` that to set its filter of words; `overrule` that to post
 * in spite of slow mode and read-only.
 */
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
  'hide',
  'silence',
  'ban',
  'setRules',
  'overrule',
  'admit',
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
  hide: { direct: nobody, group: moderators, channel: moderators },
  silence: { direct: nobody, group: moderators, channel: moderators },
  ban: { direct: nobody, group: moderators, channel: moderators },
  setRules: { direct: nobody, group: moderators, channel: moderators },
  overrule: { direct: everyone, group: moderators, channel: moderators },
  admit: { direct: nobody, group: nobody, channel: moderators },
};

/** What a stranger, signed in but not a member, may do. Server-wide guests are strangers to every channel. */
const strangerRights: Record<ConversationKind, readonly Action[]> = {
  direct: [],
  group: [],
  channel: ['read', 'join'],
};

export const serverRoles = ['owner', 'admin', 'member', 'guest'] as const;
/** Somebody's rank on the whole server, whatever it is in a conversation. */
export type ServerRole = (typeof serverRoles)[number];

/** What the server's owner and administrators may do in any channel, member or not. Private talk is none of their business. */
const administratorRights: readonly Action[] = [
  'read',
  'rename',
  'setTopic',
  'archive',
  'deleteAny',
  'remove',
  'setRole',
  'hide',
  'silence',
  'ban',
  'setRules',
  'admit',
];

/** Everything a person may wish of the server outside conversations that exist. */
export const serverActions = [
  'createDirect',
  'createGroup',
  'createChannel',
  'listChannels',
  'inviteToServer',
  'makeAccounts',
  'makeAdministrators',
  'banAccounts',
  'settleReports',
  'setWords',
  'readAudit',
  'exportAccounts',
  'deleteAccounts',
  'makeTokens',
  'resetPasswords',
  'removeFactors',
] as const;
export type ServerAction = (typeof serverActions)[number];

const administrators: readonly ServerRole[] = ['owner', 'admin'];
const residents: readonly ServerRole[] = ['owner', 'admin', 'member'];

/** Which ranks may do the action. */
export const serverRightsTable: Record<ServerAction, readonly ServerRole[]> = {
  createDirect: serverRoles,
  createGroup: residents,
  createChannel: residents,
  listChannels: residents,
  inviteToServer: residents,
  makeAccounts: administrators,
  makeAdministrators: ['owner'],
  banAccounts: administrators,
  settleReports: administrators,
  setWords: administrators,
  readAudit: administrators,
  exportAccounts: administrators,
  deleteAccounts: administrators,
  makeTokens: administrators,
  resetPasswords: administrators,
  removeFactors: administrators,
};

export const mayOnServer = (action: ServerAction, role: ServerRole): boolean =>
  serverRightsTable[action].includes(role);

/** Whether somebody keeps order in a conversation of this kind by their rank on the server alone. */
export const isAdministratorOf = (kind: ConversationKind, serverRole: ServerRole): boolean =>
  kind === 'channel' && administrators.includes(serverRole);

/** Lower is mightier. */
export const rank = (role: Role): number => roles.indexOf(role);

/**
 * May somebody do this?
 * @param role the person's role there; `undefined` for a stranger
 * @param serverRole the person's rank on the server
 */
export function may(
  action: Action,
  kind: ConversationKind,
  role: Role | undefined,
  serverRole: ServerRole = 'member',
): boolean {
  if (isAdministratorOf(kind, serverRole) && administratorRights.includes(action)) return true;
  if (role !== undefined) return rightsTable[action][kind].includes(role);
  return serverRole !== 'guest' && strangerRights[kind].includes(action);
}

/** Whether one member may remove or change the role of another: never of somebody as mighty, except for owners. */
export const outranks = (actor: Role, target: Role): boolean => actor === 'owner' || rank(actor) < rank(target);

/** Whether one account may ban, export or delete another: nobody's own, and of administrators only the owner's to do. */
export const outranksOnServer = (actor: ServerRole, target: ServerRole): boolean =>
  serverRoles.indexOf(actor) < serverRoles.indexOf(target);
