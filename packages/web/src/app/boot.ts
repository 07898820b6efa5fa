import type { Profile } from '@parley/client';
import { effect, untracked } from '@preact/signals';
import { rest } from '../state/api.ts';
import { interceptLinks, navigate, route } from '../state/router.ts';
import { about, loadSession, myId, phase, signedIn } from '../state/session.ts';
import { startSync } from '../state/sync.ts';
import { startShortcuts } from './shortcuts.ts';

/** Somebody's conversations are, or were, in this page. */
let isSyncing = false;

/** Starts what runs as long as the page: the session, and with it the live connection. */
export function boot(): void {
  document.addEventListener('click', interceptLinks);
  startShortcuts();
  effect(() => {
    if (phase.value !== 'in' || isSyncing) return;
    isSyncing = true;
    keepFresh();
    untracked(() => {
      // Who is in has accepted an invitation, or needs none.
      if (route.value.page === 'invite') navigate('/', { replace: true });
      startSync(myId()).catch(() => {
        phase.value = 'unreachable';
      });
    });
  });
  effect(() => {
    if (phase.value === 'out') document.title = about.value?.name ?? 'Parley';
  });
  addEventListener('online', () => {
    if (phase.peek() === 'unreachable') retry();
  });
  void loadSession();
}

/** The server gives a session a new token at most once a day; a page that stays open asks now and then. */
const refreshMs = 6 * 3_600_000;

function keepFresh(): void {
  // What fails is asked again later; a session that has ended is noticed elsewhere.
  const ask = () => void rest.refreshSession().catch(() => undefined);
  ask();
  setInterval(ask, refreshMs);
}

export function retry(): void {
  if (isSyncing) return location.reload();
  phase.value = 'loading';
  void loadSession();
}

/** Whether somebody's session ended while the page was open, by a device of theirs or by time. */
export const wasSignedOut = (): boolean => isSyncing && phase.value === 'out';

/** Goes on as the person who has just signed in. A page that has held somebody's conversations starts anew. */
export function enter(profile: Profile): void {
  if (isSyncing) location.reload();
  else signedIn(profile);
}
