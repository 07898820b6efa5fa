import { z } from 'zod';
import { cid, conversationId, conversationKind, emoji, role, seq, timestamp, userId } from './primitives.ts';

const base = {
  seq,
  at: timestamp.describe('When the sequencer decided, by its clock.'),
  actor: userId,
  cid,
};
const mass = z
  .enum(['all', 'here'])
  .optional()
  .describe('The text addresses everybody, and the author had the right to.');
const unreadable = z
  .enum(['erased', 'damaged'])
  .optional()
  .describe(
    'What was typed cannot be told: its key was erased on purpose, or it is not what was written. It is empty here.',
  );
const member = z.strictObject({ user: userId, role });

/** What happened in a conversation. The stream's id travels once beside a batch, not in each event. */
export const conversationEvent = z.discriminatedUnion('type', [
  z.object({
    ...base,
    type: z.literal('created').describe('The first event of a conversation.'),
    kind: conversationKind,
    name: z.string(),
    topic: z.string(),
    members: z.array(member).describe('The creator included.'),
    unreadable,
  }),
  z.object({
    ...base,
    type: z.literal('posted').describe("Somebody said something. The event's seq is the message's."),
    text: z.string(),
    replyTo: seq.optional().describe('The message this one answers.'),
    thread: seq.optional().describe('The root message of the thread this belongs to.'),
    mentions: z.array(userId).optional().describe('Members the text names, never its author.'),
    mass,
    unreadable,
  }),
  z.object({
    ...base,
    type: z.literal('edited').describe('The text of a message was replaced, with its mentions.'),
    target: seq,
    text: z.string(),
    mentions: z.array(userId).optional(),
    mass,
    unreadable,
  }),
  z.object({ ...base, type: z.literal('deleted').describe('A message was emptied.'), target: seq }),
  z.object({
    ...base,
    type: z.literal('reacted').describe('The actor reacted to a message, or took it back.'),
    target: seq,
    emoji,
    on: z.boolean(),
  }),
  z.object({
    ...base,
    type: z.literal('pinned').describe('A message was pinned, or unpinned.'),
    target: seq,
    on: z.boolean(),
  }),
  z.object({
    ...base,
    type: z.literal('renamed').describe('The conversation has another name.'),
    name: z.string(),
    unreadable,
  }),
  z.object({
    ...base,
    type: z.literal('topicSet').describe('The conversation has another topic.'),
    topic: z.string(),
    unreadable,
  }),
  z.object({
    ...base,
    type: z.literal('archived').describe('The conversation was closed, or opened again.'),
    on: z.boolean(),
  }),
  z.object({
    ...base,
    type: z.literal('membersAdded').describe('People became members.'),
    members: z.array(member),
    how: z.enum(['invited', 'joined', 'approved']),
  }),
  z.object({
    ...base,
    type: z
      .literal('memberRemoved')
      .describe('Somebody is no longer a member. Events after this one do not reach them.'),
    user: userId,
    how: z.enum(['left', 'removed', 'banned']).describe('Whoever is banned may not read or come back.'),
  }),
  z.object({ ...base, type: z.literal('roleSet').describe('A member has another role.'), user: userId, role }),
  z.object({
    ...base,
    type: z
      .literal('hidden')
      .describe('A moderator put a placeholder in the place of a message, or the message back: then it is read anew.'),
    target: seq,
    on: z.boolean(),
  }),
  z.object({
    ...base,
    type: z.literal('silenced').describe('A member may not write or react for a while.'),
    user: userId,
    until: timestamp.describe('0: may again.'),
  }),
  z.object({ ...base, type: z.literal('banLifted').describe('Somebody is no longer banned.'), user: userId }),
  z.object({
    ...base,
    type: z.literal('rulesSet').describe('The rules of writing and joining, as they are from now on.'),
    slowModeMs: z.int().describe('Between two messages of one person who is no moderator; 0: no slow mode.'),
    readOnly: z.boolean().describe('Only moderators write.'),
    approval: z.boolean().describe('Whoever joins waits for a moderator.'),
  }),
  z.object({ ...base, type: z.literal('joinRequested').describe('The actor asks to be let in.') }),
  z.object({
    ...base,
    type: z.literal('joinDeclined').describe('Somebody who asked is not let in, or no longer asks.'),
    user: userId,
  }),
]);
export type ConversationEvent = z.infer<typeof conversationEvent>;

/** What happened in a person's own stream; reaches all of that person's devices and nobody else. */
export const userEvent = z.discriminatedUnion('type', [
  z.object({
    ...base,
    type: z.literal('conversationAdded').describe('You became a member.'),
    conversation: conversationId,
    kind: conversationKind,
    by: userId,
    joinedAt: seq.describe('The event of the conversation that made you one.'),
  }),
  z.object({
    ...base,
    type: z.literal('conversationRemoved').describe('You are no longer a member.'),
    conversation: conversationId,
    by: userId,
    leftAt: seq.optional().describe('The event of the conversation that ended it.'),
  }),
  z.object({
    ...base,
    type: z.literal('readMarked').describe('You have read up to here, on one of your devices.'),
    conversation: conversationId,
    upTo: seq,
    thread: seq.optional(),
  }),
  z.object({
    ...base,
    type: z.literal('mentioned').describe('A message names you.'),
    conversation: conversationId,
    message: seq,
    by: userId,
    thread: seq.optional(),
  }),
  z.object({
    ...base,
    type: z
      .literal('threadFollowed')
      .describe('You follow a thread from now on: you answered in it, or somebody answered you.'),
    conversation: conversationId,
    thread: seq,
    upTo: seq.describe('Read up to here.'),
  }),
  z.object({
    ...base,
    type: z.literal('preferenceSet').describe('A value kept for all your devices.'),
    key: z.string(),
    value: z.json(),
  }),
  z.object({
    ...base,
    type: z.literal('muted').describe('A conversation is muted, or no longer.'),
    conversation: conversationId,
    on: z.boolean(),
  }),
]);
export type UserEvent = z.infer<typeof userEvent>;

export const streamEvent = z.union([conversationEvent, userEvent]);
/** Any event of any stream. */
export type StreamEvent = z.infer<typeof streamEvent>;

/** A posted message as it stands now: the row behind its event (design, section 7). */
export const message = z.object({
  seq,
  at: timestamp,
  actor: userId,
  cid,
  text: z.string().describe('Empty once deleted.'),
  replyTo: seq.optional(),
  thread: seq.optional(),
  mentions: z.array(userId).optional(),
  mass,
  editedAt: timestamp.optional(),
  deleted: z.boolean().optional(),
  pinned: z.boolean().optional(),
  hidden: z.boolean().optional().describe('By a moderator: its text is not told.'),
  unreadable,
  reactions: z.array(z.object({ emoji, users: z.array(userId) })).optional(),
  replies: z
    .object({
      count: z.int(),
      lastSeq: seq,
      lastAt: timestamp,
      users: z.array(userId).describe('Who has answered, oldest first, at most 20.'),
    })
    .optional()
    .describe('On the root of a thread.'),
});
export type Message = z.infer<typeof message>;
