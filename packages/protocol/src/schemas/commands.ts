import { z } from 'zod';
import { limits } from '../limits.ts';
import {
  conversationId,
  conversationKind,
  conversationName,
  emoji,
  role,
  seq,
  text,
  topic,
  userId,
} from './primitives.ts';

/** Commands to a conversation. Each is somebody's wish; the answer is an event or an error. */
export const conversationCommand = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('create').describe('Makes the conversation; must be the first command of its stream.'),
    kind: conversationKind,
    name: conversationName.optional().describe('Required for a group or channel; a direct conversation has none.'),
    topic: topic.optional(),
    members: z.array(userId).max(limits.maxMembersPerCommand).describe('Besides the creator, who becomes its owner.'),
  }),
  z.strictObject({
    type: z.literal('post').describe('Says something.'),
    text: text.describe('Markdown.'),
    replyTo: seq.optional().describe('The message this one answers, quoted above it.'),
    thread: seq.optional().describe('The root message of the thread this belongs to.'),
    mentions: z
      .array(userId)
      .max(limits.maxMentions)
      .optional()
      .describe('The people named in the text, resolved by the client; only members are notified.'),
  }),
  z.strictObject({
    type: z.literal('edit').describe('Replaces the text of a message of your own.'),
    target: seq,
    text,
    mentions: z.array(userId).max(limits.maxMentions).optional().describe('As in `post`.'),
  }),
  z.strictObject({
    type: z.literal('delete').describe('Empties a message. Who said something and when stays.'),
    target: seq,
  }),
  z.strictObject({
    type: z.literal('react').describe('Adds your reaction to a message, or takes it back.'),
    target: seq,
    emoji,
    on: z.boolean(),
  }),
  z.strictObject({ type: z.literal('pin').describe('Pins a message, or unpins it.'), target: seq, on: z.boolean() }),
  z.strictObject({
    type: z.literal('rename').describe('Gives the conversation another name.'),
    name: conversationName,
  }),
  z.strictObject({ type: z.literal('setTopic').describe('Sets the topic; an empty one takes it away.'), topic }),
  z.strictObject({
    type: z
      .literal('archive')
      .describe('Closes the conversation for everything but reading and leaving, or opens it again.'),
    on: z.boolean(),
  }),
  z.strictObject({
    type: z.literal('invite').describe('Makes people members. Those who are members already are passed over.'),
    users: z.array(userId).min(1).max(limits.maxMembersPerCommand),
    role: role.optional().describe('Default: member. Another one has to be below your own.'),
  }),
  z.strictObject({
    type: z.literal('join').describe('Makes you a member of a channel, or asks for it where moderators decide.'),
  }),
  z.strictObject({ type: z.literal('leave').describe('Ends your membership, or takes back that you asked for it.') }),
  z.strictObject({ type: z.literal('remove').describe('Ends the membership of somebody below you.'), user: userId }),
  z.strictObject({ type: z.literal('setRole').describe('Gives a member another role.'), user: userId, role }),
  z.strictObject({
    type: z.literal('hide').describe('Puts a placeholder in the place of a message, or the message back.'),
    target: seq,
    on: z.boolean(),
  }),
  z.strictObject({
    type: z.literal('silence').describe('Keeps a member below you from writing and reacting for a while.'),
    user: userId,
    forMs: z.int().min(0).max(limits.maxSilenceMs).describe('In milliseconds from now; 0 ends it.'),
  }),
  z.strictObject({
    type: z
      .literal('ban')
      .describe(
        'Ends the membership of somebody below you for good: they may not read, join or be invited. Or lifts that.',
      ),
    user: userId,
    on: z.boolean(),
  }),
  z.strictObject({
    type: z.literal('setRules').describe('Changes the rules of writing and joining; those left out stay.'),
    slowModeMs: z
      .int()
      .min(0)
      .max(limits.maxSlowModeMs)
      .optional()
      .describe('Between two messages of one person; 0 ends slow mode.'),
    readOnly: z.boolean().optional().describe('Only moderators write.'),
    approval: z.boolean().optional().describe('Whoever joins the channel waits for a moderator.'),
  }),
  z.strictObject({
    type: z.literal('admit').describe('Lets somebody in who asked to join, or declines.'),
    user: userId,
    on: z.boolean(),
  }),
]);
export type ConversationCommand = z.infer<typeof conversationCommand>;

/** Commands a person may send to their own stream. */
export const userCommand = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('markRead').describe('Moves a read marker; with `seq` below the marker, marks as unread again.'),
    conversation: conversationId,
    seq,
    thread: seq.optional().describe('Marks that thread, not the conversation.'),
  }),
  z.strictObject({
    type: z.literal('setPreference').describe('Keeps a value for all your devices. At most 200 keys.'),
    key: z.string().min(1).max(64),
    value: z.json(),
  }),
  z.strictObject({
    type: z.literal('mute').describe('Marks a conversation as muted on all your devices, or no longer.'),
    conversation: conversationId,
    on: z.boolean(),
  }),
]);
export type UserCommand = z.infer<typeof userCommand>;

/** Commands that only the server itself sends: effects of one stream in another (design, section 4). */
export const systemCommand = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('addConversation'),
    conversation: conversationId,
    kind: conversationKind,
    by: userId,
    at: seq,
  }),
  z.strictObject({ type: z.literal('removeConversation'), conversation: conversationId, by: userId, at: seq }),
  z.strictObject({
    type: z.literal('noteMention'),
    conversation: conversationId,
    seq,
    by: userId,
    thread: seq.optional(),
  }),
  z.strictObject({ type: z.literal('followThread'), conversation: conversationId, thread: seq, seq }),
]);
export type SystemCommand = z.infer<typeof systemCommand>;

/** What a client may send. */
export const clientCommand = z.union([conversationCommand, userCommand]);
export type ClientCommand = z.infer<typeof clientCommand>;
/** What a sequencer may meet. */
export const command = z.union([conversationCommand, userCommand, systemCommand]);
export type Command = z.infer<typeof command>;

/** How a send is delivered (design, section 4). */
export const deliveryMode = z.enum(['at-most-once', 'at-least-once', 'exactly-once']);
export type DeliveryMode = z.infer<typeof deliveryMode>;
