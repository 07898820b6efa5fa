import { type ClientFrame, isCid, isStreamId, limits } from '@parley/protocol';

/** The fields of a `send` and of a `post`; anything else in them is for the schema to judge. */
const sendFields: ReadonlySet<string> = new Set(['t', 'stream', 'cid', 'mode', 'command']);
const postFields: ReadonlySet<string> = new Set(['type', 'text', 'replyTo', 'thread']);
const modes: ReadonlySet<unknown> = new Set([undefined, 'exactly-once', 'at-least-once', 'at-most-once']);
const maxIdLength = 100;

/**
 * Whether a value is certainly a valid frame that posts a message: what nearly every frame is. The schema agrees and is
 * not asked (it takes ten times as long, a twentieth of all that a message costs); of everything else it is the judge.
 */
export function isPlainPost(value: unknown): value is Extract<ClientFrame, { t: 'send' }> {
  if (!isRecord(value) || value['t'] !== 'send' || !hasOnly(value, sendFields)) return false;
  const { stream, cid, mode, command } = value;
  if (typeof stream !== 'string' || stream.length > maxIdLength || !isStreamId(stream)) return false;
  if (typeof cid !== 'string' || cid.length > maxIdLength || !isCid(cid)) return false;
  if (!modes.has(mode) || !isRecord(command) || command['type'] !== 'post' || !hasOnly(command, postFields))
    return false;
  const { text, replyTo, thread } = command;
  return typeof text === 'string' && text.length <= limits.maxFrameBytes && isSeq(replyTo) && isSeq(thread);
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function hasOnly(value: object, fields: ReadonlySet<string>): boolean {
  for (const field of Object.keys(value)) if (!fields.has(field)) return false;
  return true;
}

const isSeq = (value: unknown): boolean =>
  value === undefined || (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0);
