import { createClient, indexedDbOutbox, type UserId } from '@parley/client';

type LiveClient = ReturnType<typeof createClient>;

/** REST calls; authenticated by the session's cookie, which scripts cannot read. */
export const rest = createClient({ url: location.origin }).rest;

let current: LiveClient | undefined;

/** The live connection of the signed-in person. Exists between `openLive` and `closeLive`. */
export function live(): LiveClient {
  if (current === undefined) throw new Error('nobody is signed in');
  return current;
}

/** Makes the connection's client, with an outbox of this person's own: unsent messages never change hands. */
export function openLive(user: UserId): LiveClient {
  current = createClient({ url: location.origin, outbox: indexedDbOutbox(`parley-${user}`), agent: 'Parley web' });
  return current;
}

export async function closeLive(): Promise<void> {
  const closing = current;
  current = undefined;
  await closing?.close();
}
