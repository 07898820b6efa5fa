import type { Presence, Signal, UserId } from '@parley/client';
import { effect, signal } from '@preact/signals';
import { live, rest } from './api.ts';
import { me } from './session.ts';
import { mapSignal } from './signals.ts';

const held = mapSignal<UserId, Presence>();
export const presences = held.signal;

/** Faces one session may watch at a time. */
const maxFaces = 500;
const settleMs = 150;
/** A person who has not touched the page for so long is away. */
const idleMs = 5 * 60_000;

/** Whose faces are on screen, by the part of the screen that shows them. */
const shown = signal<ReadonlyMap<string, readonly UserId[]>>(new Map());

export function showFaces(place: string, users: readonly UserId[]): void {
  shown.value = new Map(shown.peek()).set(place, users);
}

export function notePresence(user: UserId, news: Extract<Signal, { type: 'presence' }>): void {
  const { type: _, ...rest } = news;
  held.set(user, { user, ...rest });
}

/** Watches the faces on screen from now on. Returns what stops it. */
export function startPresence(): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let asked: ReadonlySet<UserId> = new Set();
  const apply = async () => {
    const users = [...new Set([...shown.peek().values()].flat())].slice(0, maxFaces);
    const news = users.filter((user) => !asked.has(user));
    if (news.length === 0 && users.length === asked.size) return;
    asked = new Set(users);
    live().watchFaces(users);
    if (news.length === 0) return;
    try {
      const answered = await rest.presence(news);
      held.setAll(answered.map((presence) => [presence.user, presence]));
    } catch {
      // Dots stay as they are; the signals of those people correct them.
    }
  };
  const stopEffect = effect(() => {
    if (shown.value.size === 0) return;
    clearTimeout(timer);
    timer = setTimeout(() => void apply(), settleMs);
  });
  const stopIdle = watchIdleness((state) => announce(state));
  return () => {
    clearTimeout(timer);
    stopEffect();
    stopIdle();
  };
}

let ownState: 'online' | 'away' = 'online';

function announce(state: 'online' | 'away'): void {
  ownState = state;
  const user = me.peek()?.id;
  if (user === undefined) return;
  live().signal(user, { type: 'presence', state });
  held.set(user, { user, state });
}

/** Says again what one is, after a new connection was taken for a fresh arrival; and reads what others became meanwhile. */
export async function resumePresence(): Promise<void> {
  announce(ownState);
  const users = [...new Set([...shown.peek().values()].flat())].slice(0, maxFaces);
  if (users.length === 0) return;
  const answered = await rest.presence(users);
  held.setAll(answered.map((presence) => [presence.user, presence]));
}

function watchIdleness(tell: (state: 'online' | 'away') => void): () => void {
  const stop = new AbortController();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const touched = () => {
    clearTimeout(timer);
    timer = setTimeout(() => tell('away'), idleMs);
    if (ownState === 'away') tell('online');
  };
  for (const type of ['pointerdown', 'pointermove', 'keydown', 'focus', 'wheel', 'touchstart']) {
    addEventListener(type, touched, { passive: true, signal: stop.signal });
  }
  touched();
  return () => {
    clearTimeout(timer);
    stop.abort();
  };
}
