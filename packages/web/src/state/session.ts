import { ParleyError, type Profile, type ServerAbout, type UserId } from '@parley/client';
import { signal } from '@preact/signals';
import { closeLive, rest } from './api.ts';
import { forgetDrafts } from './drafts.ts';

/** `loading`: asking who this is. `out`: nobody is signed in. `in`: `me` is set. */
export const phase = signal<'loading' | 'out' | 'in' | 'unreachable'>('loading');
export const me = signal<Profile | undefined>(undefined);
export const about = signal<ServerAbout | undefined>(undefined);

/** The signed-in person's id. Only for code that runs while somebody is signed in. */
export function myId(): UserId {
  const profile = me.peek();
  if (profile === undefined) throw new Error('nobody is signed in');
  return profile.id;
}

/** Finds out which server this is and whether its cookie still names somebody. */
export async function loadSession(): Promise<void> {
  try {
    about.value = await rest.server();
    me.value = await rest.me();
    phase.value = 'in';
  } catch (error) {
    const isOut = error instanceof ParleyError && error.code === 'unauthenticated';
    phase.value = isOut ? 'out' : 'unreachable';
  }
}

export function signedIn(profile: Profile): void {
  me.value = profile;
  phase.value = 'in';
}

/** Ends the session here, or on all devices, and starts with a clean page: nothing of the person stays in memory or in this browser. */
export async function signOut(scope: 'here' | 'everywhere' = 'here'): Promise<void> {
  await (scope === 'here' ? rest.signOut() : rest.signOutEverywhere());
  await closeLive();
  forgetDrafts();
  location.assign('/');
}
