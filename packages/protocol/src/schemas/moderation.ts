import { z } from 'zod';
import { limits } from '../limits.ts';
import { message } from './events.ts';
import { conversationId, seq, timestamp, userId } from './primitives.ts';
import { profile } from './rest.ts';

const reason = z.enum(['spam', 'abuse', 'illegal', 'other']);
export const createReport = z.strictObject({ seq, reason });
export type CreateReport = z.infer<typeof createReport>;

/** A message that somebody reported, as those who keep order see it. */
export const report = z.object({
  conversation: conversationId,
  seq: seq.describe("The message's."),
  author: userId,
  reporters: z.array(z.object({ user: userId, reason, at: timestamp })).describe('At most 100.'),
  settled: z
    .object({ by: userId, at: timestamp, outcome: z.enum(['dismissed', 'acted']) })
    .optional()
    .describe('Absent while it is open.'),
  message: message.optional().describe('As it stands; absent where it is gone.'),
});
export type Report = z.infer<typeof report>;
export const reportList = z.object({ reports: z.array(report), people: z.array(profile) });
export type ReportList = z.infer<typeof reportList>;
export const settleReport = z.strictObject({ outcome: z.enum(['dismissed', 'acted']) });

/** What moderators see of their conversation. */
export const moderation = z.object({
  requests: z.array(z.object({ user: userId, at: timestamp })).describe('Who asks to be let in.'),
  silenced: z.array(z.object({ user: userId, until: timestamp })),
  banned: z.array(userId),
  words: z.array(z.string()).describe('The filter of words of this conversation.'),
  people: z.array(profile),
});
export type Moderation = z.infer<typeof moderation>;

export const wordList = z.strictObject({
  words: z.array(z.string().min(1).max(limits.maxFilterWordLength)).max(limits.maxFilterWords),
});
export type WordList = z.infer<typeof wordList>;

export const createBan = z.strictObject({
  user: userId,
  forMs: z.int().min(60_000).max(limits.maxSilenceMs).optional().describe('Default: until it is lifted.'),
});
export type CreateBan = z.infer<typeof createBan>;
export const ban = z.object({ user: userId, by: userId, at: timestamp, until: timestamp.optional() });
export const banList = z.object({ bans: z.array(ban), people: z.array(profile) });
export type BanList = z.infer<typeof banList>;

const written = z
  .enum(['keep', 'remove'])
  .optional()
  .describe('Whether what was written stays, by “Deleted account” (the default), or its texts are removed.');
export const deleteMe = z.strictObject({
  password: z.string().max(limits.maxPasswordLength).optional().describe('Where the account has one.'),
  written,
});
export type DeleteMe = z.infer<typeof deleteMe>;
export const deleteAccountWish = z.strictObject({ written });

/** An entry of the audit log. */
export const auditEntry = z.object({
  key: z.string().describe('Sorts by time; the next page is what comes before the last one.'),
  at: timestamp,
  act: z.string().describe('`session.failed`, `conversation.banned` …'),
  actor: userId.optional().describe('Who did it; absent where nobody was signed in.'),
  target: userId.optional().describe('To whom.'),
  conversation: conversationId.optional(),
  address: z.string().optional(),
  session: z.string().optional().describe('The id of the session, never its token.'),
  detail: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])).optional(),
  node: z.string(),
  count: z.int().describe('Of the entries of this node: a missing one is seen.'),
  previous: z.string().describe("The hash of the node's entry before."),
  hash: z.string(),
});
export type AuditEntry = z.infer<typeof auditEntry>;
export const auditPage = z.object({ entries: z.array(auditEntry).describe('Newest first.'), people: z.array(profile) });
export type AuditPage = z.infer<typeof auditPage>;
