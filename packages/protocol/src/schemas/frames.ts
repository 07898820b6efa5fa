import { z } from 'zod';
import { type ErrorCode, errorCatalogue } from '../errors.ts';
import { limits } from '../limits.ts';
import { clientCommand, deliveryMode } from './commands.ts';
import { streamEvent } from './events.ts';
import { cid, conversationId, seq, streamId, timestamp, userId } from './primitives.ts';

const errorCodes = Object.keys(errorCatalogue) as [ErrorCode, ...ErrorCode[]];
export const wireError = z.object({
  code: z.enum(errorCodes),
  message: z.string().describe('A sentence fit to show to a person.'),
  field: z.string().optional().describe('The field at fault, as a path: `command.text`.'),
  retryAfterMs: z.int().optional().describe('When to try again, in milliseconds from now.'),
});

/** Answers a request of the client by its number. */
const id = z.int().min(0).describe("The client's number for this request, returned in the answer.");

/** `full`: every event. `head`: only that the head moved (a badge), coalesced. */
export const watchLevel = z.enum(['full', 'head']);
export type WatchLevel = z.infer<typeof watchLevel>;

/** Passing news that is routed and never stored. */
export const signal = z.discriminatedUnion('type', [
  z.strictObject({
    type: z.literal('typing').describe('Somebody is writing, or has stopped.'),
    on: z.boolean(),
    thread: seq.optional(),
  }),
  z.strictObject({
    type: z.literal('presence').describe('Somebody is here, away or gone.'),
    state: z.enum(['online', 'away', 'offline']),
    lastSeen: timestamp.optional(),
  }),
  z.strictObject({
    type: z.literal('profile').describe('Somebody changed how they look. Sent by the server only.'),
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
    agent: z.string().max(200).optional().describe('Name and version of the client. Taken, and not used yet.'),
  }),
  z.strictObject({
    t: z.literal('send').describe('A command. The answer is an `ack` or a `nack` with the same stream and cid.'),
    stream: streamId,
    cid,
    mode: deliveryMode.optional().describe('Default: exactly-once.'),
    command: clientCommand,
  }),
  z.strictObject({
    t: z
      .literal('watch')
      .describe('Starts watching, or changes the level or the place of what is watched. Answered by `watched`.'),
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
  z.strictObject({
    t: z.literal('unwatch').describe('Stops watching. There is no answer.'),
    streams: z.array(streamId).min(1).max(limits.maxStreamsPerWatch),
  }),
  z.strictObject({
    t: z.literal('faces').describe('Replaces the set of people whose presence and profile changes are wanted.'),
    users: z.array(userId).max(limits.maxStreamsPerWatch),
  }),
  z.strictObject({
    t: z
      .literal('signal')
      .describe('Passing news: `typing` to a conversation, `presence` to your own stream. There is no answer.'),
    stream: streamId,
    signal,
  }),
  z.strictObject({ t: z.literal('ping').describe('Says that the client is alive. Answered by `pong`.'), id }),
]);
export type ClientFrame = z.infer<typeof clientFrame>;

/** What a head watcher learns. All counters only ever grow. */
export const head = z.object({
  stream: streamId,
  head: seq.describe('The seq of the newest event.'),
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
    t: z.literal('welcome').describe('The answer to `hello`: signed in.'),
    session: z.string().describe('The id of the session, as in the list of devices.'),
    user: userId,
    now: timestamp.describe("The server's clock."),
    pingMs: z.int().describe('Send a ping at least this often; a silent socket is closed after twice that.'),
  }),
  z.object({
    t: z.literal('ack').describe('A command took effect, or had already.'),
    stream: streamId,
    cid,
    seq: seq.describe('0 with at-least-once: taken, its seq not known yet.'),
  }),
  z.object({
    t: z.literal('nack').describe('A command was refused.'),
    stream: streamId,
    cid,
    error: wireError,
  }),
  z.object({
    t: z.literal('watched').describe('The answer to `watch`, one entry for each stream, in the order asked.'),
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
  z.object({
    t: z.literal('events').describe('What happened, by ascending seq without a gap.'),
    stream: streamId,
    events: z.array(streamEvent),
  }),
  z.object({
    t: z
      .literal('reset')
      .describe('Too far behind to catch up event by event: reload history, then watch again from `head`.'),
    stream: streamId,
    head: seq,
  }),
  z.object({
    t: z.literal('heads').describe('Heads that moved, of streams watched by head; gathered for about 100 ms.'),
    heads: z.array(head),
  }),
  z.object({ t: z.literal('ended').describe('The right to watch is gone.'), stream: streamId, error: wireError }),
  z.object({
    t: z.literal('signal').describe('Passing news of somebody. It may be lost, and is never repeated.'),
    stream: streamId,
    actor: userId,
    signal,
  }),
  z.object({
    t: z.literal('error').describe('A frame was not valid, came too fast, or the socket is about to be closed.'),
    error: wireError,
    id: z.int().optional().describe('Of the request at fault, where it had one.'),
  }),
  z.object({
    t: z.literal('bye').describe('The server is leaving; connect again after the given time.'),
    retryAfterMs: z.int(),
  }),
  z.object({ t: z.literal('pong').describe('The answer to `ping`.'), id }),
]);
export type ServerFrame = z.infer<typeof serverFrame>;
export type ConversationRef = z.infer<typeof conversationId>;
