import type { Cid, ConversationEvent, PendingSend, StreamId } from '@parley/client';
import { signal } from '@preact/signals';
import { live } from './api.ts';
import { mapSignal } from './signals.ts';

/** A message on its way, as the timeline shows it below what is stored. */
export interface OutgoingPost {
  readonly cid: Cid;
  readonly text: string;
  readonly queuedAt: number;
  readonly replyTo: number | undefined;
  readonly thread: number | undefined;
  readonly error: string | undefined;
}

/** Grows whenever the outbox changed. */
const version = signal(0);
/** Acknowledged posts whose event has not come yet: shown on, so that nothing flickers. */
const landing = mapSignal<Cid, PendingSend>();
/** An event that has not come by then will come with a page of history. */
const landingMs = 10_000;

const posts = new Map<Cid, PendingSend>();

export function outboxChanged(
  stream: StreamId,
  cid: Cid,
  change: 'queued' | 'acknowledged' | 'refused' | 'cancelled',
): void {
  const before = posts.get(cid);
  if (change === 'acknowledged' && before !== undefined) {
    landing.set(cid, before);
    setTimeout(() => landing.delete(cid), landingMs);
  }
  for (const entry of live().pending(stream)) if (entry.command.type === 'post') posts.set(entry.cid, entry);
  if (change === 'acknowledged' || change === 'cancelled') posts.delete(cid);
  version.value++;
}

/** An own message has arrived in its stream. */
export function landed(event: ConversationEvent): void {
  landing.delete(event.cid);
}

/** Own messages of a conversation or thread that are not stored yet, oldest first. */
export function outgoing(stream: StreamId, thread: number | undefined): readonly OutgoingPost[] {
  void version.value;
  const waiting = new Map(
    [...landing.signal.value.values()].filter((one) => one.stream === stream).map((one) => [one.cid, one]),
  );
  for (const entry of live().pending(stream)) waiting.set(entry.cid, entry);
  return [...waiting.values()].flatMap(({ cid, command, queuedAt, error }) =>
    command.type === 'post' && command.thread === thread
      ? [{ cid, text: command.text, queuedAt, replyTo: command.replyTo, thread: command.thread, error: error?.message }]
      : [],
  );
}

/** Sends a refused message again. */
export const retrySend = (cid: Cid): void => live().retry(cid);

/** Takes a message back that the server does not have. */
export const discardSend = (cid: Cid): void => live().cancel(cid);
