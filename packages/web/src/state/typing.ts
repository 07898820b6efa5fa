import type { StreamId, UserId } from '@parley/client';
import { live } from './api.ts';
import { draftKey } from './drafts.ts';
import { mapSignal } from './signals.ts';

/** Without a new signal, somebody has stopped after so long. */
const forgetMs = 6_000;
/** A new signal while typing goes on, at most so often. */
const repeatMs = 3_000;

const held = mapSignal<string, readonly UserId[]>();
const timers = new Map<string, ReturnType<typeof setTimeout>>();

/** Who types, by conversation or thread (see `draftKey`). */
export const typists = held.signal;

export function noteTyping(stream: StreamId, user: UserId, on: boolean, thread?: number): void {
  const key = draftKey(stream, thread);
  const timerKey = `${key}|${user}`;
  clearTimeout(timers.get(timerKey));
  timers.delete(timerKey);
  const others = (held.signal.peek().get(key) ?? []).filter((one) => one !== user);
  if (on) {
    held.set(key, [...others, user]);
    timers.set(
      timerKey,
      setTimeout(() => noteTyping(stream, user, false, thread), forgetMs),
    );
  } else if (others.length === 0) held.delete(key);
  else held.set(key, others);
}

let last: { key: string; at: number } | undefined;

/** Tells the others that one types, or has stopped; seldom enough to cost nothing. */
export function tellTyping(stream: StreamId, on: boolean, thread?: number): void {
  const key = draftKey(stream, thread);
  if (on && last?.key === key && Date.now() - last.at < repeatMs) return;
  if (!on && last?.key !== key) return;
  last = on ? { key, at: Date.now() } : undefined;
  live().signal(stream, { type: 'typing', on, ...(thread === undefined ? {} : { thread }) });
}
