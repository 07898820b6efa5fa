import {
  type ClientFrame,
  type Head,
  limits,
  type ParleyError,
  type ServerFrame,
  type Signal,
  type StreamEvent,
  type StreamId,
  type UserId,
  type WireError,
} from '@parley/protocol';
import { clientFrame } from '@parley/protocol/schemas';
import { isTooDeep } from '../nesting.ts';
import { isPlainPost } from './plain-post.ts';
import { type Frame, frameOf } from './socket.ts';

/** A server frame, typed. */
export const encodeFrame = (frame: ServerFrame, readers = 1): Frame => frameOf(JSON.stringify(frame), readers);

export const eventsFrame = (stream: StreamId, events: readonly StreamEvent[], readers = 1): Frame =>
  encodeFrame({ t: 'events', stream, events: [...events] }, readers);
export const headsFrame = (heads: readonly Head[]): Frame => encodeFrame({ t: 'heads', heads: [...heads] });
export const signalFrame = (stream: StreamId, actor: UserId, signal: Signal): Frame =>
  encodeFrame({ t: 'signal', stream, actor, signal });
export const errorFrame = (error: ParleyError, id?: number): Frame =>
  encodeFrame({ t: 'error', error: error.toWire(), ...(id === undefined ? {} : { id }) });

export type ParsedFrame =
  | { readonly ok: true; readonly frame: ClientFrame }
  | { readonly ok: false; readonly error: WireError; readonly id: number | undefined };

const tooDeep: WireError = {
  code: 'bad-frame',
  message: `The frame nests deeper than ${limits.maxJsonDepth} levels.`,
};

/** Reads a client's text. A frame that is not one comes back as an error that names the field at fault. */
export function parseFrame(text: string): ParsedFrame {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { ok: false, error: { code: 'bad-frame', message: 'The frame is not JSON.' }, id: undefined };
  }
  return judgeFrame(value);
}

/** The same of a value that was JSON. */
export function judgeFrame(value: unknown): ParsedFrame {
  if (isPlainPost(value)) return { ok: true, frame: value };
  if (isTooDeep(value)) return { ok: false, error: tooDeep, id: undefined };
  const parsed = clientFrame.safeParse(value);
  if (parsed.success) return { ok: true, frame: parsed.data };
  const issue = deepest(parsed.error.issues);
  const field = issue?.path.map(String).join('.') ?? '';
  const given = typeof value === 'object' && value !== null && 'id' in value ? value.id : undefined;
  const id = typeof given === 'number' && Number.isSafeInteger(given) ? given : undefined;
  return {
    ok: false,
    error: {
      code: 'bad-frame',
      message: `The frame is not valid${field === '' ? '' : ` at ${field}`}: ${issue?.message ?? 'unknown form'}.`,
      ...(field === '' ? {} : { field }),
    },
    id,
  };
}

interface Issue {
  readonly path: readonly PropertyKey[];
  readonly message: string;
  readonly errors?: readonly (readonly Issue[])[];
  /** Set where a value is of none of the known types. */
  readonly discriminator?: string | undefined;
}

/** Where a union did not fit, the branch that knew the type says most, then the one that fitted longest. */
function deepest(issues: readonly Issue[]): Issue | undefined {
  let found: Issue | undefined;
  for (const issue of issues) {
    const branches = issue.errors ?? [];
    const knowing = branches.filter((branch) => branch.every(({ discriminator }) => discriminator === undefined));
    const inner = deepest((knowing.length > 0 ? knowing : branches).flat());
    const candidate = inner === undefined ? issue : { path: [...issue.path, ...inner.path], message: inner.message };
    if (found === undefined || candidate.path.length > found.path.length) found = candidate;
  }
  return found;
}
