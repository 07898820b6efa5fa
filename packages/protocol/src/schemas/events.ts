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
const member = z.strictObject({ user: userId, role });

/** What happened in a conversation. The stream's id travels once beside a batch, not in each event. */
export const conversationEvent = z.discriminatedUnion('type', [
  z.object({
    ...base,
    type: z.literal('created'),
    kind: conversationKind,
    name: z.string(),
    topic: z.string(),
    members: z.array(member).describe('The creator included.'),
  }),
  z.object({
    ...base,
    type: z.literal('posted'),
    text: z.string(),
    replyTo: seq.optional(),
    thread: seq.optional(),
    mentions: z.array(userId).optional(),
    mass,
  }),
  z.object({
    ...base,
    type: z.literal('edited'),
    target: seq,
    text: z.string(),
    mentions: z.array(userId).optional(),
    mass,
  }),
  z.object({ ...base, type: z.literal('deleted'), target: seq }),
  z.object({ ...base, type: z.literal('reacted'), target: seq, emoji, on: z.boolean() }),
  z.object({ ...base, type: z.literal('pinned'), target: seq, on: z.boolean() }),
  z.object({ ...base, type: z.literal('renamed'), name: z.string() }),
  z.object({ ...base, type: z.literal('topicSet'), topic: z.string() }),
  z.object({ ...base, type: z.literal('archived'), on: z.boolean() }),
  z.object({ ...base, type: z.literal('membersAdded'), members: z.array(member), how: z.enum(['invited', 'joined']) }),
  z.object({ ...base, type: z.literal('memberRemoved'), user: userId, how: z.enum(['left', 'removed']) }),
  z.object({ ...base, type: z.literal('roleSet'), user: userId, role }),
]);
export type ConversationEvent = z.infer<typeof conversationEvent>;

/** What happened in a person's own stream; reaches all of that person's devices and nobody else. */
export const userEvent = z.discriminatedUnion('type', [
  z.object({
    ...base,
    type: z.literal('conversationAdded'),
    conversation: conversationId,
    kind: conversationKind,
    by: userId,
    joinedAt: seq,
  }),
  z.object({
    ...base,
    type: z.literal('conversationRemoved'),
    conversation: conversationId,
    by: userId,
    leftAt: seq.optional().describe('The event of the conversation that ended it.'),
  }),
  z.object({ ...base, type: z.literal('readMarked'), conversation: conversationId, upTo: seq, thread: seq.optional() }),
  z.object({
    ...base,
    type: z.literal('mentioned'),
    conversation: conversationId,
    message: seq,
    by: userId,
    thread: seq.optional(),
  }),
  z.object({ ...base, type: z.literal('threadFollowed'), conversation: conversationId, thread: seq, upTo: seq }),
  z.object({ ...base, type: z.literal('preferenceSet'), key: z.string(), value: z.json() }),
  z.object({ ...base, type: z.literal('muted'), conversation: conversationId, on: z.boolean() }),
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
