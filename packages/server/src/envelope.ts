import type { Signal, StreamEvent, StreamId, UserId, WireError } from '@parley/protocol';
import type { Broker } from './broker/port.ts';
import type { Wish } from './stream/types.ts';

/** Who waits for the answer to a wish: a node, and its own number for the request. */
export interface ReplyTo {
  readonly node: string;
  readonly ref: number;
}

/** A record of the command log. */
export type LogEntry =
  | { readonly type: 'wish'; readonly wish: Wish; readonly replyTo?: ReplyTo; readonly mustNotBeLost?: boolean }
  /**
   * `complete`: these are all the streams of the partition that the node watches; else they are added to what it told
   * before. `tell` is the node's own number for it, which the confirmation repeats.
   */
  | {
      readonly type: 'watch';
      readonly node: string;
      readonly streams: readonly StreamId[];
      readonly complete: boolean;
      readonly tell: number;
    }
  | { readonly type: 'unwatch'; readonly node: string; readonly streams: readonly StreamId[] }
  | { readonly type: 'signal'; readonly stream: StreamId; readonly actor: UserId; readonly signal: Signal };

/** One piece of news for a gateway. */
export type InboxItem =
  | { readonly type: 'events'; readonly stream: StreamId; readonly events: readonly StreamEvent[] }
  /** The store has this much of the stream: events up to it may have been stored without anybody being told. */
  | { readonly type: 'head'; readonly stream: StreamId; readonly head: number }
  | { readonly type: 'ack'; readonly ref: number; readonly seq: number }
  | { readonly type: 'nack'; readonly ref: number; readonly error: WireError }
  | { readonly type: 'signal'; readonly stream: StreamId; readonly actor: UserId; readonly signal: Signal }
  /** The watch took effect: everything stored later will come through this inbox. */
  | {
      readonly type: 'watching';
      readonly streams: readonly StreamId[];
      readonly complete: boolean;
      readonly tell: number;
    }
  /** A new owner wants to know what this node watches. */
  | { readonly type: 'announce' };

/**
 * A message to a node's inbox. From an owner of a partition it is numbered, so that a lost one is noticed: `number`
 * counts the numbered messages of this owner to this node; one without items repeats the last number (a beat).
 */
export type InboxMessage =
  | {
      readonly type: 'news';
      readonly owner: string;
      readonly partition: number;
      readonly number: number;
      readonly items: readonly InboxItem[];
    }
  | { readonly type: 'revoke'; readonly sessions: readonly string[] };

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** Both are JSON between nodes of one version; a rolling upgrade must keep reading the previous version's. */
export const encodeEnvelope = (value: LogEntry | InboxMessage): Uint8Array => encoder.encode(JSON.stringify(value));

/** What to give to a broker: the value itself where it stays in this process, which saves writing and reading JSON twice a message. */
export const envelopeFor = ({ carriesValues }: Pick<Broker, 'carriesValues'>, value: LogEntry | InboxMessage) =>
  carriesValues === true ? (value as unknown as Uint8Array) : encodeEnvelope(value);

export const decodeLogEntry = (payload: Uint8Array): LogEntry => opened(payload) as LogEntry;
export const decodeInboxMessage = (payload: Uint8Array): InboxMessage => opened(payload) as InboxMessage;

const opened = (payload: unknown): unknown =>
  payload instanceof Uint8Array ? JSON.parse(decoder.decode(payload)) : payload;
