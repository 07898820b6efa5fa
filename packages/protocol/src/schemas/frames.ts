import { z } from 'zod';
import { type ErrorCode, errorCatalogue } from '../errors.ts';
import { limits } from '../limits.ts';
import { clientCommand, deliveryMode } from './commands.ts';
import { streamEvent } from './events.ts';
import { cid, conversationId, seq, streamId, timestamp, userId } from './primitives.ts';

const errorCodes = Object.keys(errorCatalogue) as [ErrorCode, ...ErrorCode[]];
export const wireError = z.object({
  code: z.enum(errorCodes),
  message: z.string(),
  field: z.string().optional(),
  retryAfterMs: z.int().optional(),
});

/** Answers a request of the client by its number. */
const id = z.int().min(0).describe("The client's number for this request, returned in the answer.");

/** `full`: every event. `head`: only that the head moved (a badge), coalesced. */
export const watchLevel = z.enum(['full', 'head']);
export type WatchLevel = z.infer<typeof watchLevel>;

/** Passing news that is routed and never stored. */
export const signal = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('typing'), on: z.boolean(), thread: seq.optional() }),
  z.strictObject({
    type: z.literal('presence'),
    state: z.enum(['online', 'away', 'offline']),
    lastSeen: timestamp.optional(),
  }),
  z.strictObject({
    type: z.literal('profile'),
    displayName: z.string().max(64),
    color: z.int(),
    status: z.string().max(100),
  }),
]);
export type Signal = z.infer<typeof signal>;

/** Frames a client sends: one JSON object a WebSocket text message. */
export const clientFrame = z.discriminatedUnion('t', [
  z.strictObject({
    t: z.literal('hello').describe('Must come first, within 5 s.'),
    token: z.string().max(200).optional().describe('The session token; a browser may rely on its cookie instead.'),
    agent: z.string().max(200).optional().describe('Name and version of the client, shown in the list of devices.'),
  }),
  z.strictObject({
    t: z.literal('send'),
    stream: streamId,
    cid,
    mode: deliveryMode.optional().describe('Default: exactly-once.'),
    command: clientCommand,
  }),
  z.strictObject({
    t: z.literal('watch'),
    id,
    streams: z
      .array(
        z.strictObject({
          stream: streamId,
          level: watchLevel,
          after: seq
            .optional()
            .describe('Events after this seq are sent first, then live ones, without a gap. Absent: only new ones.'),
        }),
      )
      .min(1)
      .max(limits.maxStreamsPerWatch),
  }),
  z.strictObject({ t: z.literal('unwatch'), streams: z.array(streamId).min(1).max(limits.maxStreamsPerWatch) }),
  z.strictObject({
    t: z.literal('faces').describe('Replaces the set of people whose presence and profile changes are wanted.'),
    users: z.array(userId).max(limits.maxStreamsPerWatch),
  }),
  z.strictObject({ t: z.literal('signal'), stream: streamId, signal }),
  z.strictObject({ t: z.literal('ping'), id }),
]);
export type ClientFrame = z.infer<typeof clientFrame>;

/** What a head watcher learns. All counters only ever grow. */
export const head = z.object({
  stream: streamId,
  head: seq,
  posts: z.int().describe('Messages posted so far outside threads.'),
  replies: z.int().describe('Messages posted so far in threads.'),
  deletes: z.int().describe('Messages deleted so far.'),
  mass: z.int().describe('@all and @here so far.'),
  changes: z.int().describe('Changes of name, topic, archive or membership so far.'),
});
export type Head = z.infer<typeof head>;

/** Frames a server sends. */
export const serverFrame = z.discriminatedUnion('t', [
  z.object({
    t: z.literal('welcome'),
    session: z.string(),
    user: userId,
    now: timestamp,
    pingMs: z.int().describe('Send a ping at least this often; a silent socket is closed after twice that.'),
  }),
  z.object({
    t: z.literal('ack'),
    stream: streamId,
    cid,
    seq: seq.describe('0 with at-least-once: taken, its seq not known yet.'),
  }),
  z.object({ t: z.literal('nack'), stream: streamId, cid, error: wireError }),
  z.object({
    t: z.literal('watched'),
    id,
    streams: z.array(
      z.object({
        stream: streamId,
        after: seq
          .optional()
          .describe(
            'Events follow from after this seq: the one asked for, or later where the right to see begins later.',
          ),
        head: head.optional(),
        error: wireError.optional(),
      }),
    ),
  }),
  z.object({ t: z.literal('events'), stream: streamId, events: z.array(streamEvent) }),
  z.object({
    t: z
      .literal('reset')
      .describe('Too far behind to catch up event by event: reload history, then watch again from `head`.'),
    stream: streamId,
    head: seq,
  }),
  z.object({ t: z.literal('heads'), heads: z.array(head) }),
  z.object({ t: z.literal('ended').describe('The right to watch is gone.'), stream: streamId, error: wireError }),
  z.object({ t: z.literal('signal'), stream: streamId, actor: userId, signal }),
  z.object({ t: z.literal('error'), error: wireError, id: z.int().optional() }),
  z.object({
    t: z.literal('bye').describe('The server is leaving; connect again after the given time.'),
    retryAfterMs: z.int(),
  }),
  z.object({ t: z.literal('pong'), id }),
]);
export type ServerFrame = z.infer<typeof serverFrame>;
export type ConversationRef = z.infer<typeof conversationId>;
