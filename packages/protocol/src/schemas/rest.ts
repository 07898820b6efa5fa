import { z } from 'zod';
import { limits } from '../limits.ts';
import { clientCommand } from './commands.ts';
import { message, streamEvent } from './events.ts';
import { head } from './frames.ts';
import {
  accountName,
  avatarColor,
  cid,
  conversationId,
  conversationKind,
  displayName,
  role,
  seq,
  status,
  streamId,
  timestamp,
  userId,
} from './primitives.ts';

/** A person as everybody signed in may see them. */
export const profile = z.object({
  id: userId,
  name: accountName,
  displayName,
  color: avatarColor,
  status,
  serverRole: z.enum(['owner', 'admin', 'member', 'guest']),
});
export type Profile = z.infer<typeof profile>;

export const presence = z.object({
  user: userId,
  state: z.enum(['online', 'away', 'offline']),
  lastSeen: timestamp.optional(),
});
export type Presence = z.infer<typeof presence>;

const password = z.string().max(limits.maxPasswordLength);
export const signUp = z.strictObject({
  name: z.string().max(limits.maxNameLength).describe('Judged by the server: name-invalid, name-taken.'),
  password,
  displayName: displayName.optional(),
  invite: z.string().max(100).optional(),
  device: z.string().max(200).optional(),
});
export const signIn = z.strictObject({ name: z.string().max(64), password, device: z.string().max(200).optional() });
export const signedIn = z.object({
  token: z.string().describe('Opaque. Browsers get it as an HttpOnly cookie too and need not keep it.'),
  user: profile,
});
export type SignUp = z.infer<typeof signUp>;
export type SignIn = z.infer<typeof signIn>;
export type SignedIn = z.infer<typeof signedIn>;

export const changePassword = z.strictObject({ current: password, next: password });
export const changeProfile = z.strictObject({
  displayName: displayName.optional(),
  color: avatarColor.optional(),
  status: status.optional(),
});
export type ChangeProfile = z.infer<typeof changeProfile>;

export const device = z.object({
  id: z.string(),
  device: z.string(),
  createdAt: timestamp,
  lastUsedAt: timestamp,
  current: z.boolean(),
});
export type Device = z.infer<typeof device>;

export const createInvite = z.strictObject({
  expiresInMs: z
    .int()
    .min(60_000)
    .max(365 * 86_400_000)
    .optional()
    .describe('Default: 7 days.'),
  uses: z.int().min(1).max(10_000).optional().describe('Default: 1.'),
  conversation: conversationId.optional().describe('Joined on sign-up.'),
});
export const invite = z.object({
  code: z.string(),
  url: z.string(),
  createdBy: userId,
  expiresAt: timestamp,
  usesLeft: z.int(),
  conversation: conversationId.optional(),
});
export type CreateInvite = z.infer<typeof createInvite>;
export type Invite = z.infer<typeof invite>;

export const createAccounts = z.strictObject({
  accounts: z
    .array(
      z.strictObject({
        name: z.string().max(64),
        displayName: displayName.optional(),
        password: password.optional(),
        serverRole: z.enum(['admin', 'member', 'guest']).optional(),
      }),
    )
    .min(1)
    .max(limits.maxAccountsPerRequest),
  tokens: z
    .boolean()
    .optional()
    .describe('Also sign each one in and return the token. An account that exists is returned, not made again.'),
});
export const createdAccounts = z.object({
  accounts: z.array(z.object({ user: profile, token: z.string().optional(), created: z.boolean() })),
});
export type CreateAccounts = z.infer<typeof createAccounts>;
export type CreatedAccounts = z.infer<typeof createdAccounts>;

export const serverAbout = z.object({
  name: z.string(),
  version: z.string(),
  registration: z.enum(['open', 'invite', 'closed']),
  hasOwner: z.boolean().describe('False on an empty server: the first account made will be the owner.'),
  singleSignOn: z.string().optional().describe('What its single sign-on is called; absent where it has none.'),
  resetsByMail: z.boolean().describe('Whether who has forgotten their password can have a link mailed.'),
});
export type ServerAbout = z.infer<typeof serverAbout>;

/** A conversation as its members see it. */
export const conversation = z.object({
  id: conversationId,
  kind: conversationKind,
  name: z.string(),
  topic: z.string(),
  archived: z.boolean(),
  createdAt: timestamp,
  memberCount: z.int(),
  role: role.optional().describe("The asker's own; absent for a stranger."),
  since: seq.describe('The first seq the asker may see.'),
  head,
  peer: userId.optional().describe('The other one of a direct conversation.'),
  slowModeMs: z.int().optional().describe('Between two messages of one person; absent without slow mode.'),
  readOnly: z.boolean().optional().describe('True where only moderators write.'),
  approval: z.boolean().optional().describe('True where whoever joins waits for a moderator.'),
  silencedUntil: timestamp.optional().describe('Until when the asker may not write.'),
  requested: z.boolean().optional().describe('True where the asker asked to be let in and waits.'),
});
export type Conversation = z.infer<typeof conversation>;

/** An entry of somebody's list of conversations. */
export const listedConversation = z.object({
  ...conversation.shape,
  marker: seq.describe('Read up to here.'),
  unread: z.int().describe('Messages of others after the marker outside threads, counted up to 100.'),
  mentions: z.int().describe('Unread ones of those that name the asker, @all or @here; counted up to 100.'),
  muted: z.boolean(),
  lastMessage: message.optional(),
});
export type ListedConversation = z.infer<typeof listedConversation>;
export const conversationList = z.object({
  conversations: z.array(listedConversation),
  userHead: seq.describe("Head of the asker's own stream when this list was made: watch it from here."),
  people: z
    .array(profile)
    .describe('The other side of every direct conversation, and the authors of the last messages.'),
  preferences: z.record(z.string(), z.json()),
});
export type ConversationList = z.infer<typeof conversationList>;

export const memberEntry = z.object({ user: profile, role, presence: presence.optional() });
export type MemberEntry = z.infer<typeof memberEntry>;
export const memberList = z.object({ members: z.array(memberEntry) });

export const messagePage = z.object({
  messages: z.array(message).describe('By ascending seq.'),
  head: seq.describe('Of the stream when the page was read: watch from here for what comes after.'),
  hasBefore: z.boolean(),
  hasAfter: z.boolean(),
  people: z.array(profile).describe('Everybody who is an author, mentioned or quoted on the page.'),
  quoted: z.array(message).describe('Messages answered by `replyTo` that are not on the page.'),
});
export type MessagePage = z.infer<typeof messagePage>;

export const eventPage = z.object({ events: z.array(streamEvent), head: seq });
export type EventPage = z.infer<typeof eventPage>;

export const threadEntry = z.object({
  conversation: conversationId,
  root: message,
  marker: seq,
  unread: z.int(),
});
export const threadList = z.object({ threads: z.array(threadEntry), people: z.array(profile) });
export type ThreadEntry = z.infer<typeof threadEntry>;
export type ThreadList = z.infer<typeof threadList>;

export const mentionList = z.object({
  mentions: z.array(z.object({ conversation: conversationId, message })),
  people: z.array(profile),
});
export type MentionList = z.infer<typeof mentionList>;

export const restCommand = z
  .strictObject({ stream: streamId, command: clientCommand })
  .describe('With `Idempotency-Key: <cid>`.');
export const restAck = z.object({ stream: streamId, cid, seq });
export type RestAck = z.infer<typeof restAck>;

export const channelList = z.object({ channels: z.array(conversation) });
export type ChannelList = z.infer<typeof channelList>;
export const people = z.object({ people: z.array(profile) });
export type People = z.infer<typeof people>;
