import {
  type ConversationEvent,
  type Message,
  newCid,
  newConversationId,
  newUserId,
  type StreamEvent,
  type StreamId,
  type UserId,
} from '@parley/protocol';
import type { Append, Store } from '../../../src/store/port.ts';

export const ann = newUserId();
export const bob = newUserId();
export const freshStream = newConversationId;

type Posted = Extract<ConversationEvent, { type: 'posted' }>;

/** A posted event; a story's start. */
export const posted = (seq: number, change: Partial<Posted> = {}): Posted => ({
  type: 'posted',
  seq,
  at: 1_700_000_000_000 + seq,
  actor: ann,
  cid: newCid(),
  text: `message ${seq}`,
  ...change,
});

/** The row behind a posted event. */
export function rowOf({ type: _type, ...row }: Posted): Message {
  return row;
}

/** Events `from … to` with their rows, as one append. */
export function appendOf(
  stream: StreamId,
  from: number,
  to: number,
  change: (seq: number) => Partial<Posted> = () => ({}),
): Append & { readonly events: readonly Posted[] } {
  const events = Array.from({ length: to - from + 1 }, (_, index) => posted(from + index, change(from + index)));
  return { stream, expectedHead: from - 1, events, messages: events.map(rowOf) };
}

/** A stream with messages `1 … to` in the store. */
export async function filled(
  store: Store,
  to: number,
  change?: (seq: number) => Partial<Posted>,
): Promise<{ readonly stream: StreamId; readonly events: readonly Posted[] }> {
  const stream = freshStream();
  const append = appendOf(stream, 1, to, change);
  await store.append(append);
  return { stream, events: append.events };
}

export const seqsOf = (rows: readonly { readonly seq: number }[]): number[] => rows.map(({ seq }) => seq);
export const cidsOf = (events: readonly StreamEvent[]): string[] => events.map(({ cid }) => cid);
export const range = (from: number, to: number): number[] =>
  Array.from({ length: to - from + 1 }, (_, index) => from + index);
export const textFrom = (user: UserId, text: string): Partial<Posted> => ({ actor: user, text });
